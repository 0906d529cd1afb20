"""The account: one, as a control plane is one account."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from console.access.models import Account
from console.accounts.services import record
from console.apis.services.patches import ITEM, REPLACE, put
from console.core import arns, patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.patch import PatchOperation, Rule
from console.core.verbs import verb

USAGE_PLANS = "UsagePlans"
_ROLE_ARN = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")


@verb(needs=Role.VIEWER)
def get_account(actor: Actor) -> Account:
    return Account.objects.first() or Account()


@verb(needs=Role.ADMIN)
def update_account(actor: Actor, *, patch_operations: Iterable[Mapping[str, Any]] | None = None) -> Account:
    """Source: API reference, "Patch operations", UpdateAccount."""
    Account.objects.get_or_create()
    account = Account.objects.select_for_update().get()
    operations = patch.read(patch_operations, shape="updateAccountInput")
    rules = [
        Rule("/cloudwatchRoleArn", REPLACE, put(account, "cloudwatch_role_arn", _role_arn)),
        Rule("/features", ITEM, _features(account)),
    ]
    patch.apply(operations, rules)
    account.put()
    changes = {operation.path: operation.value for operation in operations}
    record(actor, "UpdateAccount", arns.apigateway("/account"), changes)
    return account


def _role_arn(operation: PatchOperation) -> str:
    """The empty one takes the role away, as Terraform does on leaving."""
    arn = operation.value or ""
    if arn and not _ROLE_ARN.fullmatch(arn):
        raise BadRequest("The role ARN is not well formed", field=operation.path)
    return arn


def _features(account: Account) -> patch.Handler:
    """Usage plans are all that there is, and they cannot be switched off."""

    def handle(operation: PatchOperation) -> None:
        if operation.value != USAGE_PLANS:
            raise BadRequest(f"Invalid feature specified. Must be one of: [{USAGE_PLANS}]", field=operation.path)
        if operation.op == "remove":
            raise BadRequest(f"The feature {USAGE_PLANS} cannot be removed", field=operation.path)
        account.features = list(dict.fromkeys([*account.features, USAGE_PLANS]))

    return handle
