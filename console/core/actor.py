"""Who does something, from where, and what they may do."""

from dataclasses import dataclass, field
from enum import IntEnum


class Role(IntEnum):
    """What a console user may do; each includes those before it."""

    VIEWER = 1
    DEVELOPER = 2
    DEPLOYER = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """The first argument of every verb; doors make it, verbs check and record it."""

    name: str
    role: Role
    user_id: int | None = None
    access_key_id: str = ""
    source_ip: str = ""
    door: str = "system"  # wire, page, task, command
    request_id: str = ""
    extra: dict[str, str] = field(default_factory=dict)


SYSTEM = Actor(name="stagedoor", role=Role.ADMIN)
