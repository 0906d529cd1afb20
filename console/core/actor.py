"""Who does something, from where, and what they may do.

The rule of roles: a user has a role, and may have another one on single APIs (a grant), greater or smaller, which then
is the one that counts there. What belongs to no API takes the user's own role. An admin is one everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Role(IntEnum):
    """What a console user may do; each includes those before it."""

    NONE = 0  # no access
    VIEWER = 1
    DEVELOPER = 2
    DEPLOYER = 3
    ADMIN = 4

    @property
    def words(self) -> str:
        return self.name.lower() if self else "no access"


Grants = Mapping[str, Role]  # by the API's id


def role_on(rest_api_id: str, role: Role, grants: Grants) -> Role:
    return role if role == Role.ADMIN else grants.get(rest_api_id, role)


@dataclass(frozen=True, slots=True)
class Actor:
    """The first argument of every verb; doors make it, verbs check and record it."""

    name: str
    role: Role  # where no API is concerned, or none that `grants` names
    user_id: int | None = None
    access_key_id: str = ""  # or the token's id
    source_ip: str = ""
    door: str = "system"  # wire, page, task, command
    request_id: str = ""
    grants: Grants = field(default_factory=dict)

    def role_on(self, rest_api_id: str) -> Role:
        return role_on(rest_api_id, self.role, self.grants)


SYSTEM = Actor(name="stagedoor", role=Role.ADMIN)
