"""What can be done about users, their keys, and the record of what they did."""

from console.accounts.services.audit import list_audit_entries, prune_audit, record
from console.accounts.services.audit_chain import Head, Verdict, last_check, seal_audit, verify_audit
from console.accounts.services.keys import (
    NewAccessKey,
    create_access_key,
    delete_access_key,
    list_access_keys,
    set_access_key_active,
)
from console.accounts.services.sign_in import actor_of, sign_in
from console.accounts.services.users import FirstAdmin, create_first_admin, create_user, set_password, set_role

__all__ = [
    "FirstAdmin",
    "Head",
    "NewAccessKey",
    "Verdict",
    "actor_of",
    "create_access_key",
    "create_first_admin",
    "create_user",
    "delete_access_key",
    "last_check",
    "list_access_keys",
    "list_audit_entries",
    "prune_audit",
    "record",
    "seal_audit",
    "set_access_key_active",
    "set_password",
    "set_role",
    "sign_in",
    "verify_audit",
]
