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
from console.accounts.services.sign_in import actor_of, as_actor, change_password, sign_in
from console.accounts.services.tokens import (
    NewToken,
    create_token,
    get_token,
    list_tokens,
    revoke_token,
    token_names,
    used_token,
)
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
    "NewToken",
    "Verdict",
    "actor_of",
    "as_actor",
    "change_password",
    "create_access_key",
    "create_first_admin",
    "create_token",
    "create_user",
    "delete_access_key",
    "get_token",
    "get_user",
    "grant_role",
    "last_check",
    "list_access_keys",
    "list_audit_entries",
    "list_tokens",
    "list_users",
    "prune_audit",
    "record",
    "revoke_role",
    "revoke_token",
    "seal_audit",
    "set_access_key_active",
    "set_password",
    "set_role",
    "set_user_active",
    "sign_in",
    "token_names",
    "used_token",
    "verify_audit",
]
