"""What a page does, said as the same call for other tools: aws CLI, HTTP, Python.

The wire's shape comes from botocore's `apigateway` model, so what is shown is what the tool would send.
"""

import functools
import json
import shlex
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import botocore.session
from botocore import xform_name
from botocore.serialize import create_serializer
from django.conf import settings


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its input's members; `terraform` is HCL, or the reason why there is none."""

    operation: str
    params: dict[str, Any] = field(default_factory=dict)
    terraform: str = ""
    # The member that travels as bytes, and the file it would come from.
    blob: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    name: str
    text: str


@functools.lru_cache(maxsize=1)
def service_model() -> Any:
    return botocore.session.get_session().get_service_model("apigateway")


def recipes(calls: list[Call], endpoint: str) -> list[Recipe]:
    """The calls as aws CLI, HTTP, Python and Terraform; `endpoint` ends in /api."""
    found = [
        Recipe("aws CLI", "\n\n".join(cli(call, endpoint) for call in calls)),
        Recipe("HTTP", "\n\n".join(curl(call, endpoint) for call in calls)),
        Recipe("Python", "\n\n".join([boto3_client(endpoint), *(python(call) for call in calls)])),
    ]
    terraform = "\n\n".join(call.terraform for call in calls if call.terraform)
    return [*found, Recipe("Terraform", terraform)] if terraform else found


def cli(call: Call, endpoint: str) -> str:
    parts = [f"aws apigateway {xform_name(call.operation, '-')}"]
    for member, value in call.params.items():
        parts.append(cli_option(f"--{xform_name(member, '-')}", value))
    if call.blob:
        parts.append(f"--{xform_name(call.blob[0], '-')} fileb://{call.blob[1]}")
    return " \\\n  ".join([*parts, f"--endpoint-url {endpoint}"])


def cli_option(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return name if value else name.replace("--", "--no-", 1)
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    return f"{name} {shlex.quote(str(value))}"


def curl(call: Call, endpoint: str) -> str:
    sent = wire_request(call)
    query = f"?{urlencode(sent['query_string'])}" if sent["query_string"] else ""
    lines = [f"curl -X {sent['method']} {shlex.quote(endpoint + sent['url_path'] + query)}"]
    lines.append(f"--aws-sigv4 aws:amz:{settings.REGION}:apigateway")
    lines.append('--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"')
    if call.blob:
        lines.append(f"--data-binary @{call.blob[1]}")
    elif sent["body"]:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d {shlex.quote(pretty(sent['body']))}")
    return " \\\n  ".join(lines)


def wire_request(call: Call) -> dict[str, Any]:
    operation = service_model().operation_model(call.operation)
    params = {**call.params, **({call.blob[0]: b""} if call.blob else {})}
    serializer = create_serializer(service_model().metadata["protocol"], include_validation=False)
    sent: dict[str, Any] = serializer.serialize_to_request(params, operation)
    return sent


def pretty(body: bytes) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False)


def boto3_client(endpoint: str) -> str:
    return f'import boto3\n\nclient = boto3.client("apigateway", endpoint_url="{endpoint}")'


def python(call: Call) -> str:
    name = xform_name(call.operation)
    lines = [f"    {member}={python_value(value)}," for member, value in call.params.items()]
    if call.blob:
        lines.append(f'    {call.blob[0]}=open("{call.blob[1]}", "rb").read(),')
    return "\n".join([f"client.{name}(", *lines, ")"]) if lines else f"client.{name}()"


def python_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


class Raw(str):
    """An HCL expression, as against a string: `aws_api_gateway_rest_api.pets.id`."""

    __slots__ = ()


class Block(dict[str, Any]):
    """An HCL block inside of a resource: `settings { ... }`, as against a map."""

    __slots__ = ()


def hcl(kind: str, name: str, attributes: dict[str, Any]) -> str:
    """One resource block, its equal signs aligned as `terraform fmt` does; None and empty values are left out."""
    return "\n".join([f'resource "{kind}" "{name}" {{', *hcl_lines(attributes, "  "), "}"])


def hcl_lines(attributes: dict[str, Any], indent: str) -> list[str]:
    """Attributes, then the blocks among them, each after an empty line; a list of blocks is each of them."""
    kept = {key: value for key, value in attributes.items() if value not in (None, "", {}, [])}
    plain = {key: value for key, value in kept.items() if not _blocks(value)}
    width = max((len(key) for key in plain), default=0)
    lines = [f"{indent}{key.ljust(width)} = {hcl_value(value, indent)}" for key, value in plain.items()]
    for key, block in [(name, block) for name in kept for block in _blocks(kept[name])]:
        inner = hcl_lines(block, indent + "  ")
        lines += [*([""] if lines else []), f"{indent}{key} {{", *inner, f"{indent}}}"]
    return lines


def _blocks(value: Any) -> list[Block]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Block)]


def hcl_value(value: Any, indent: str) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        inner = [f"{indent}  {json.dumps(key)} = {hcl_value(item, indent + '  ')}" for key, item in value.items()]
        return "\n".join(["{", *inner, indent + "}"])
    if isinstance(value, list):
        return "[" + ", ".join(hcl_value(item, indent) for item in value) + "]"
    if isinstance(value, str) and "\n" in value:
        return "\n".join(["<<-EOT", *(f"{indent}  {line}" for line in escaped(value).splitlines()), f"{indent}EOT"])
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(text: str) -> str:
    """`${` begins an expression in HCL; stage variables look the same."""
    return text.replace("${", "$${").replace("%{", "%%{")


def label(text: str) -> str:
    """A Terraform name made of what people called it."""
    kept = "".join(character if character.isalnum() else "_" for character in text.lower()).strip("_")
    joined = "_".join(part for part in kept.split("_") if part)
    return joined if joined and not joined[0].isdigit() else f"_{joined}"
