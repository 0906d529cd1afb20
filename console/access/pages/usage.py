"""What was used: a chart of days, and files of what GetUsage says."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from console.access import services
from console.access.forms import UsageForm
from console.access.pages import calls
from console.access.services import Usage
from console.accounts.services import actor_of
from console.core.actor import Actor
from console.core.htmx import UNPROCESSABLE, as_code, page, render
from console.core.paging import MAX_LIMIT

DAYS = 30
COLUMNS = ("keyId", "date", "used", "remaining")


def chart_of(used: dict[dt.date, int]) -> dict[str, Any]:
    """As static/js/chart.js takes it."""
    beginnings = [int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()) for day in used]
    series = {"label": "Requests", "color": "--tblr-primary", "values": list(used.values())}
    return {"days": True, "x": beginnings, "series": [series], "count": sum(used.values())}


@page
def export(request: HttpRequest, usage_plan_id: str) -> HttpResponseBase:
    """Asks for which days, and answers with the file."""
    actor = actor_of(request)
    plan = services.get_usage_plan(actor, usage_plan_id=usage_plan_id)
    today = timezone.now().date()
    initial = {"start_date": today.replace(day=1).isoformat(), "end_date": today.isoformat(), "format": "csv"}
    form = UsageForm(request.GET) if "format" in request.GET else UsageForm(initial=initial)
    first = None
    if form.is_bound:
        first = form.act(services.get_usage, actor, usage_plan_id=plan.pk, limit=MAX_LIMIT)
    if first is not None:
        return _file(actor, form.cleaned_data["format"], first)
    dates = {name: str(form[name].value() or "") for name in ("start_date", "end_date")}
    context = {"plan": plan, "form": form, "recipes": as_code(request, calls.get_usage(plan, **dates))}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/usage_export.html", context, piece="dialog", status=status)


def _file(actor: Actor, kind: str, first: Usage) -> StreamingHttpResponse:
    """Written page of keys by page of keys, since a year of all of them is much."""
    write: Callable[[Iterable[Usage]], Iterator[str]] = as_csv if kind == "csv" else as_json
    content_type = "text/csv; charset=utf-8" if kind == "csv" else "application/json"
    response = StreamingHttpResponse(write(_pages(actor, first)), content_type=content_type)
    name = f"usage-{first.usage_plan_id}-{first.start}-{first.end}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _pages(actor: Actor, first: Usage) -> Iterator[Usage]:
    found = first
    yield found
    while found.position:
        found = services.get_usage(
            actor,
            usage_plan_id=first.usage_plan_id,
            start_date=first.start.isoformat(),
            end_date=first.end.isoformat(),
            position=found.position,
            limit=MAX_LIMIT,
        )
        yield found


def as_csv(found: Iterable[Usage]) -> Iterator[str]:
    """A line for each key and day; without a quota nothing remains to be said."""
    yield _lines([COLUMNS])
    for one in found:
        for key_id, days in one.values.items():
            yield _lines((key_id, one.start + dt.timedelta(number), *day) for number, day in enumerate(days))


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def as_json(found: Iterable[Usage]) -> Iterator[str]:
    """One answer of GetUsage with all keys."""
    before = ""
    for one in found:
        if not before:
            said = {"usagePlanId": one.usage_plan_id, "startDate": str(one.start), "endDate": str(one.end)}
            before = f'{json.dumps(said)[:-1]}, "values": {{'
            yield before
            before = "\n"
        for key_id, days in one.values.items():
            yield f"{before}{json.dumps(key_id)}: {json.dumps(days)}"
            before = ",\n"
    yield "\n}}\n"
