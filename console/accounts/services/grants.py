"""Grants: the role that a user has on one API, greater or smaller than elsewhere.

They outlive the API, as its deployments and its entries in the record do: what was hidden stays so. Ids come once.
"""

from console.accounts.models import User
from console.accounts.services.audit import record
from console.accounts.services.users import find_user
from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.verbs import verb


@verb(needs=Role.ADMIN)
def grant_role(actor: Actor, *, username: str, rest_api_id: str, role: Role) -> User:
    """Instead of the user's own role, on one API; NONE hides it. A grant that is there is replaced."""
    user = _held(username)
    if role == Role.ADMIN:
        raise BadRequest("There are no admins of single APIs: deployer is the most.", field="role")
    if user.role == Role.ADMIN:
        raise BadRequest(f"{username} is an admin, and so on every API. Give another role first.", field="username")
    before, user.grants[rest_api_id] = user.grants.get(rest_api_id), role.name
    user.save(update_fields=["grants"])
    changes = {"restApiId": rest_api_id, "from": before, "to": role.name}
    record(actor, "GrantRole", arns.user(username), changes)
    return user


@verb(needs=Role.ADMIN)
def revoke_role(actor: Actor, *, username: str, rest_api_id: str) -> User:
    """From now on the user's own role counts on the API."""
    user = _held(username)
    before = user.grants.pop(rest_api_id, None)
    if before is None:
        raise NotFound(f"{username} has no role of their own on the API {rest_api_id}.", field="restApiId")
    user.save(update_fields=["grants"])
    record(actor, "RevokeRole", arns.user(username), {"restApiId": rest_api_id, "from": before})
    return user


def _held(username: str) -> User:
    """Locked until the transaction ends: two grants at once are both kept."""
    return User.objects.select_for_update().filter(username=username).first() or find_user(username)
