"""docs/parity.md, made of what is served, what is tested and what is different: `make parity` writes it."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from console.core.wire import model
from console.urls import rooms
from tests.parity.differences import DIFFERENCES
from tests.parity.operations import AWS, NOT_SERVED, OURS, SERVED

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "parity.md"
HEAD = """# The admin API beside AWS's

Made by `make parity` from the tests; a test holds it to what is served. {served} of the {all} operations of Amazon API
Gateway's REST APIs (botocore's service model `apigateway`) are served.

Of every operation that is served, these hold, tested over sockets with AWS's own tools:

- [the walk](../tests/parity/test_operations.py): boto3 calls it with valid input; the status is the model's, the answer
  has nothing that its shape does not know, and all that AWS's always has.
- [roles](../tests/parity/test_operations_roles.py): each role may call it or is refused, as
  [a table](../tests/parity/roles.py) says, and a key that is switched off is refused; a refusal changes nothing.
- [the aws CLI](../tests/clients/test_aws_cli.py) runs its command.
- [whatever is sent](../tests/console/core/wire/test_anything.py) is answered or refused, never this server's failure.

[Terraform's AWS provider](../tests/clients/test_terraform.py) applies every `aws_api_gateway_*` resource it has and
reads their data sources, plans nothing right after, changes them in place and destroys them. boto3 calls in the orders
[of Chalice, Claudia, SAM and Ansible](../tests/clients/test_sequences.py).
[schemathesis](../tests/clients/test_openapi_document.py) finds no 5xx and no answer outside the OpenAPI document, which
calls every operation by AWS's name.

`make clients` runs these tools alone. Terraform and its provider are taken as the machine has them, the provider from
where `STAGEDOOR_TF_MIRROR` or the usual places hold it; where they are missing, `make test` says so at its end and
`make clients` fails.

## Operations

The last column names the tests of the operation's own rules, below `tests/console/`.
"""


def render() -> str:
    parts = [HEAD.format(served=len(SERVED), all=len(AWS))]
    parts += [_section(room) for room in rooms]
    if NOT_SERVED:
        rows = "\n".join(f"- `{name}`: {reason}." for name, reason in sorted(NOT_SERVED.items()))
        parts.append(f"### Not served\n\n{rows}\n")
    rows = "\n".join(f"- {what}. {why}" for what, why in DIFFERENCES)
    parts.append(f"## Differences with a reason\n\nOf execution, see [execution.md](execution.md).\n\n{rows}\n")
    return "\n".join(parts)


def _section(room: ModuleType) -> str:
    name = room.__name__.split(".")[1]
    rows = [f"| {_said(one.name)} | {', '.join(modules_that_name(name, one.name))} |" for one in room.operations]
    return "\n".join([f"### {name.capitalize()}", "", "| operation | tests |", "|---|---|", *rows, ""])


def _said(operation: str) -> str:
    return f"{operation} (ours)" if operation in OURS else operation


def modules_that_name(room: str, operation: str) -> Iterator[str]:
    """The modules among the room's tests that name the operation or its verb."""
    named = re.compile(rf"\b({operation}|{model.argument(operation)})\b")
    for path in sorted((ROOT / "tests" / "console" / room).glob("test_*.py")):
        if named.search(path.read_text()):
            yield f"`{room}/{path.stem}`"
