"""Access keys: made, switched, deleted. The secret is shown once, at its making."""

from typing import NamedTuple

from console.accounts.models import AccessKey, User
from console.accounts.services.audit import record
from console.accounts.services.users import own
from console.core import arns, ids
from console.core.actor import Actor, Role
from console.core.faults import NotFound
from console.core.seal import seal
from console.core.verbs import verb


class NewAccessKey(NamedTuple):
    row: AccessKey
    secret: str


@verb(needs=Role.NONE)
def list_access_keys(actor: Actor, *, username: str) -> list[AccessKey]:
    user = own(actor, username, "ListAccessKeys")
    return list(user.access_keys.order_by("created_date"))


@verb(needs=Role.NONE)
def create_access_key(actor: Actor, *, username: str) -> NewAccessKey:
    """One's own, or, for an admin, anybody's."""
    user = own(actor, username, "CreateAccessKey")
    secret = ids.secret()
    row = AccessKey.objects.create(id=ids.access_key_id(), user=user, secret_sealed=seal(secret))
    record(actor, "CreateAccessKey", arns.user(user.username), {"accessKeyId": row.id})
    return NewAccessKey(row, secret)


@verb(needs=Role.NONE)
def set_access_key_active(actor: Actor, *, access_key_id: str, active: bool) -> AccessKey:
    row = _key(actor, access_key_id, "UpdateAccessKey")
    row.active = active
    row.save(update_fields=["active"])
    status = "Active" if active else "Inactive"
    record(actor, "UpdateAccessKey", arns.user(row.user.username), {"accessKeyId": row.id, "status": status})
    return row


@verb(needs=Role.NONE)
def delete_access_key(actor: Actor, *, access_key_id: str) -> User:
    """Whose it was."""
    row = _key(actor, access_key_id, "DeleteAccessKey")
    row.delete()
    record(actor, "DeleteAccessKey", arns.user(row.user.username), {"accessKeyId": access_key_id})
    return row.user


def _key(actor: Actor, access_key_id: str, operation: str) -> AccessKey:
    row = AccessKey.objects.select_related("user").filter(id=access_key_id).first()
    if row is None:
        raise NotFound(f"The Access Key with id {access_key_id} cannot be found.", field="accessKeyId")
    own(actor, row.user.username, operation)
    return row
