"""Every operation with every role and with a key that is switched off, by boto3, in the order of the stories."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from console.accounts.services import grant_role, set_access_key_active, set_role
from console.core.actor import SYSTEM, Role
from console.sdks.services import generator
from tests.parity.operations import SERVED
from tests.parity.roles import GrantWalk, RoleWalk, StrangerWalk
from tests.parity.server import Server, key_of, node, working
from tests.parity.stories import STORIES
from tests.parity.walk import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("parity")]


@dataclass(frozen=True, slots=True)
class Keys:
    server: Server
    clients: Mapping[Role, Client]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], None]]:
    with node(tmp_path_factory.mktemp("node")) as report:
        yield report


@pytest.fixture
def keys(live_server: Any, report: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    report()
    server = Server(live_server.url)
    monkeypatch.setattr(generator, "generate", lambda document, **how: b"PK")  # SDKs are not what is asked here
    with working():
        yield Keys(server, {role: Client(server.boto(key_of(role))) for role in Role})


def outcome(walk: RoleWalk) -> dict[str, Any]:
    walk.through(STORIES)
    return {"failures": walk.failures, "mistakes": walk.mistakes, "not tried": SERVED - walk.tried}


NOTHING: dict[str, Any] = {"failures": {}, "mistakes": [], "not tried": set()}


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name.lower())
def test_a_role_may_do_what_it_is_for_and_nothing_else(role: Role, keys: Keys):
    assert outcome(RoleWalk(keys.clients, role, SERVED)) == NOTHING


@pytest.mark.parametrize(
    ("overall", "granted"),
    [
        (Role.NONE, Role.VIEWER),
        (Role.NONE, Role.DEPLOYER),
        (Role.VIEWER, Role.DEVELOPER),
        (Role.DEPLOYER, Role.NONE),
        (Role.DEPLOYER, Role.VIEWER),
        (Role.ADMIN, Role.NONE),  # given before they became admin
    ],
    ids=lambda role: role.name.lower(),
)
def test_a_role_on_an_api_is_the_one_that_counts_there(overall: Role, granted: Role, keys: Keys):
    key = key_of(Role.VIEWER, "granted")

    def grant(rest_api_id: str) -> None:
        set_role(SYSTEM, username="granted", role=Role.VIEWER)
        grant_role(SYSTEM, username="granted", rest_api_id=rest_api_id, role=granted)
        set_role(SYSTEM, username="granted", role=overall)

    set_role(SYSTEM, username="granted", role=overall)
    there = Role.ADMIN if overall == Role.ADMIN else granted
    client = Client(keys.server.boto(key))
    walk = GrantWalk(client, keys.clients, SERVED, overall=overall, granted=there, grant=grant)
    assert outcome(walk) == NOTHING


def test_a_key_that_is_switched_off_opens_nothing(keys: Keys):
    key = key_of(Role.ADMIN, "gone")
    set_access_key_active(SYSTEM, access_key_id=key.row.pk, active=False)
    stranger = Client(keys.server.boto(key))
    assert outcome(StrangerWalk(stranger, keys.clients, SERVED)) == NOTHING
