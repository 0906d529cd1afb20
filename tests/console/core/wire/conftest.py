from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from console.accounts.services import NewAccessKey, create_access_key, create_user
from console.core.actor import SYSTEM, Role
from tests.console.core.wire import served


@pytest.fixture
def calls() -> Iterator[list[Any]]:
    served.calls.clear()
    yield served.calls
    served.calls.clear()


@pytest.fixture
def key(db: None) -> NewAccessKey:
    create_user(SYSTEM, username="ada", password="an engine of 1843", role=Role.DEVELOPER)
    return create_access_key(SYSTEM, username="ada")


@pytest.fixture
def boto(live_server: Any) -> Callable[..., Any]:
    """A real client of AWS, pointed at the console."""

    def client(access_key_id: str, secret: str, **config: Any) -> Any:
        return boto3.client(
            "apigateway",
            endpoint_url=f"{live_server.url}/api",
            region_name="us-east-1",
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 0}, **config),
        )

    return client
