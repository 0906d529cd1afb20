"""What can be done about users, their keys, and the record of what they did."""

from console.accounts.services.audit import list_audit_entries, prune_audit, record
from console.accounts.services.audit_chain import Head, Verdict, last_check, seal_audit, verify_audit
from console.accounts.services.grants import grant_role, revoke_role
from console.accounts.services.keys import (
    NewAccessKey,
    create_access_key,
    delete_access_key,
    list_access_keys,
    set_access_key_active,
)
from console.accounts.services.sign_in import actor_of, as_actor, sign_in
from console.accounts.services.users import (
    FirstAdmin,
    create_first_admin,
    create_user,
    get_user,
    list_users,
    set_password,
    set_role,
    set_user_active,
)

__all__ = [
    "FirstAdmin",
    "Head",
    "NewAccessKey",
    "Verdict",
    "actor_of",
    "as_actor",
    "create_access_key",
    "create_first_admin",
    "create_user",
    "delete_access_key",
    "get_user",
    "grant_role",
    "last_check",
    "list_access_keys",
    "list_audit_entries",
    "list_users",
    "prune_audit",
    "record",
    "revoke_role",
    "seal_audit",
    "set_access_key_active",
    "set_password",
    "set_role",
    "set_user_active",
    "sign_in",
    "verify_audit",
]
