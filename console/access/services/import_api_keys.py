"""ImportApiKeys. Source: developer guide, "API Gateway API key file format"."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from console.access.models import ApiKey, UsagePlan
from console.access.services.api_keys import MAX_VALUE, add, digest, new_api_key
from console.access.services.usage_plan_keys import join
from console.access.services.usage_plans import find_usage_plan, refuse_unless_deployer
from console.accounts.services import record
from console.core import arns
from console.core.actor import Actor, Role
from console.core.bulk import one_generation
from console.core.faults import BadRequest, Fault
from console.core.limits import hold
from console.core.verbs import verb

MIN_IMPORTED_VALUE = 30
REQUIRED = ("Key", "Name")


@dataclass(frozen=True, slots=True)
class ImportedKeys:
    ids: list[str]
    warnings: list[str]


@verb(needs=Role.DEPLOYER)
def import_api_keys(actor: Actor, *, body: bytes, format: str, fail_on_warnings: bool | None = None) -> ImportedKeys:
    """A line that cannot be taken is a warning, and with `fail_on_warnings` the end of all."""
    if format != "csv":
        raise BadRequest("Invalid format specified. Must be one of: [csv]", field="format")
    found = ImportedKeys([], [])
    rows = list(_rows(body))
    _lock([row for _, row in rows])
    with one_generation():
        for number, row in rows:
            _take(actor, row, number, found)
    if found.warnings and fail_on_warnings:
        raise BadRequest(f"Warnings found during import: {'; '.join(found.warnings)}", field="body")
    keys = ImportedKeys(list(dict.fromkeys(found.ids)), found.warnings)
    record(actor, "ImportApiKeys", arns.apigateway("/apikeys"), {"ids": keys.ids, "warnings": keys.warnings})
    return keys


def _lock(rows: Iterable[Mapping[str, str]]) -> None:
    """All in one order, before the first write takes the generation: who holds that must not wait."""
    plans = {plan_id for row in rows for plan_id in _plan_ids(row)}
    digests = {digest(row.get("key", "")) for row in rows}
    list(UsagePlan.objects.select_for_update().filter(pk__in=plans).order_by("pk").values_list("pk"))
    list(ApiKey.objects.select_for_update().filter(value_digest__in=digests).order_by("pk").values_list("pk"))
    for limit in ("api_keys", "usage_plans_per_api_key"):
        hold(limit)


def _plan_ids(row: Mapping[str, str]) -> list[str]:
    return [part.strip() for part in row.get("usageplanids", "").split(",") if part.strip()]


def _rows(body: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line, and its values by lower-case column."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("The API keys must be CSV in UTF-8", field="body") from None
    if "\0" in text:
        raise BadRequest("The API keys must not hold the character U+0000", field="body")
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _refuse_missing(columns)
        for fields in reader:
            if any(field.strip() for field in fields):
                values = (value.strip() for value in _single_quoted(fields))
                yield reader.line_num, dict(zip(columns, values, strict=False))
    except csv.Error as error:
        raise BadRequest(f"The API keys are not valid CSV: {error}", field="body") from None


def _refuse_missing(columns: list[str]) -> None:
    for name in REQUIRED:
        if name.lower() not in columns:
            raise BadRequest(f"Missing required column '{name}'", field="body")


def _single_quoted(fields: list[str]) -> Iterator[str]:
    """Single quotes hold commas too, which the reader has split at."""
    rest = iter(fields)
    for field in rest:
        if field.startswith("'") and (len(field) == 1 or not field.endswith("'")):
            for more in rest:
                field = f"{field},{more}"
                if more.endswith("'"):
                    break
        quoted = len(field) > 1 and field.startswith("'") and field.endswith("'")
        yield field[1:-1] if quoted else field


def _take(actor: Actor, row: Mapping[str, str], number: int, found: ImportedKeys) -> None:
    try:
        with transaction.atomic():
            key = _key(row)
    except Fault as fault:
        found.warnings.append(f"Line {number}: {fault.message}")
        return
    found.ids.append(key.pk)
    for plan_id in _plan_ids(row):
        try:
            with transaction.atomic():
                _join(actor, plan_id, key)
        except Fault as fault:
            found.warnings.append(f"Line {number}: usage plan {plan_id}: {fault.message}")


def _key(row: Mapping[str, str]) -> ApiKey:
    """Whoever has the value already is overwritten."""
    value = row.get("key", "")
    if not MIN_IMPORTED_VALUE <= len(value) <= MAX_VALUE:
        raise BadRequest(f"API Key value should be between {MIN_IMPORTED_VALUE} and {MAX_VALUE} characters")
    there = ApiKey.objects.select_for_update().filter(value_digest=digest(value)).first()
    key = there or new_api_key(value)
    key.name, key.description = row.get("name", ""), row.get("description", "")
    key.enabled = _enabled(row.get("enabled", ""))
    if there is None:
        add(key)
    else:
        key.last_updated_date = timezone.now()
        key.put()
    return key


def _enabled(text: str) -> bool:
    found = {"": True, "true": True, "false": False}.get(text.lower())
    if found is None:
        raise BadRequest(f"Invalid boolean value '{text}' specified for column Enabled")
    return found


def _join(actor: Actor, plan_id: str, key: ApiKey) -> None:
    plan = find_usage_plan(plan_id, lock=True)
    refuse_unless_deployer(actor, "ImportApiKeys", plan)
    if not plan.plan_keys.filter(api_key=key).exists():
        join(plan, key)
