import pytest

from console.accounts.models import User
from console.accounts.services import create_user
from console.core.actor import SYSTEM, Actor, Role

PASSWORD = "an engine of 1843"


@pytest.fixture
def ada(db: None) -> User:
    return create_user(SYSTEM, username="ada", password=PASSWORD, role=Role.DEVELOPER)


@pytest.fixture
def as_ada(ada: User) -> Actor:
    return Actor(name="ada", role=Role.DEVELOPER, user_id=ada.pk)
