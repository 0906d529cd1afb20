"""Documents brought in: seen before they are taken, and told line by line what becomes of each part."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts.services import actor_of
from console.apis import openapi, services
from console.apis.forms import ImportForm, ImportIntoForm
from console.apis.models import RestApi
from console.apis.openapi import Reading
from console.apis.pages import calls
from console.core.faults import Fault
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render

TEMPLATE = "apis/import.html"
_LINE = re.compile(r"line (\d+)")
# Bytes; a larger document is a worker's, so that nobody waits at a page that says nothing.
LARGE = 256 * 1024
VERDICTS = ("taken", "approximated", "ignored")


@page
def new(request: HttpRequest) -> HttpResponse:
    form = ImportForm.of(request)
    if form.is_valid():
        done = _take(request, form, services.import_rest_api, {})
        if done is not None:
            return done
    recipes = as_code(request, calls.import_rest_api("petstore.yaml", "petstore"))
    return _page(request, form, {"recipes": recipes})


@page
def into(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    form = ImportIntoForm.of(request, initial={"mode": "merge"})
    if form.is_valid():
        done = _take(request, form, services.put_rest_api, {"rest_api_id": rest_api_id})
        if done is not None:
            return done
    mode = str(form["mode"].value() or "merge")
    return _page(
        request, form, {"api": api, "recipes": as_code(request, calls.put_rest_api(api, mode, "petstore.yaml"))}
    )


def _take(
    request: HttpRequest, form: ImportForm, verb: Callable[..., services.Imported], target: dict[str, str]
) -> HttpResponse | None:
    """At once, or by a worker when it is large; None when it is refused."""
    actor, said = actor_of(request), form.values()
    if len(said["body"]) <= LARGE:
        made = form.act(verb, actor, **target)
        return _imported(request, made) if made is not None else None
    named = {
        "restApiId": "rest_api_id",
        "mode": "mode",
        "failOnWarnings": "fail_on_warnings",
        "parameters": "parameters",
    }
    given = {**said, **target}
    options = {member: given[name] for member, name in named.items() if name in given}
    try:
        started = services.start_import_job(actor, document=form.cleaned_data["body"], options=options)
    except Fault as fault:
        form.refuse(fault)
        return None
    return go(request, reverse("import-job", args=[started.pk]))


def _imported(request: HttpRequest, made: services.Imported) -> HttpResponse:
    return go(request, reverse("resources", args=[made.rest_api.pk]), f"{made.rest_api.name}: {summary(made.report)}.")


def summary(report: list[openapi.Line]) -> str:
    counted = Counter(str(line["verdict"]) for line in report)
    return ", ".join(f"{counted[verdict]} {verdict}" for verdict in VERDICTS if counted[verdict]) or "nothing to take"


def _page(request: HttpRequest, form: ImportForm, context: dict[str, Any]) -> HttpResponse:
    if form.errors.get("body"):
        form.fields["body"].widget.attrs["data-marks"] = json.dumps(marks(form.errors["body"]))
    template = "apis/import_into.html" if "api" in context else TEMPLATE
    status = UNPROCESSABLE if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def marks(errors: Iterable[Any]) -> list[dict[str, Any]]:
    """The lines that the messages name, for the editor."""
    said = [text for error in errors for text in str(error).splitlines()]
    return [{"line": int(match[1]), "text": text.strip()} for text in said if (match := _LINE.search(text))]


@page
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The tree that the document in the form would draw, and the report; nothing is written."""
    form = ImportForm(request.POST)
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            reading = openapi.read(
                form.cleaned_data["body"].encode(), rest_api_id="preview", options=openapi.options(form.parameters())
            )
        except Fault as fault:
            context = {"faults": _faults(fault)}
        else:
            context = _shown(reading)
    return render(request, "apis/import_preview.html", context)


def _faults(fault: Fault) -> list[dict[str, Any]]:
    found = []
    for text in fault.message.splitlines():
        match = _LINE.search(text)
        if text.strip() and not text.startswith("Errors found"):
            found.append({"text": text.strip(), "line": int(match[1]) if match else None})
    return found


def _shown(reading: Reading) -> dict[str, Any]:
    paths = reading.drawing.paths
    counted = Counter(str(line["verdict"]) for line in reading.report)
    return {
        "reading": reading,
        "paths": sorted(paths.items()),
        "methods": sum(len(methods) for methods in paths.values()),
        "bare": sum(method.integration is None for methods in paths.values() for method in methods),
        "counted": [(verdict, counted[verdict]) for verdict in VERDICTS],
        "lossy": [line for line in reading.report if line["verdict"] != "taken"],
    }


def api_of(job: Any) -> RestApi | None:
    return RestApi.objects.filter(pk=job.rest_api_id).first() if job.rest_api_id else None


@page
def job(request: HttpRequest, job_id: str) -> HttpResponse:
    found = services.get_import_job(actor_of(request), import_job_id=job_id)
    counted = summary(found.report) if found.report else ""
    context = {
        "job": found,
        "api": api_of(found),
        "percent": 100 * found.done // found.total if found.total else 0,
        "under_way": found.state in ("PENDING", "RUNNING"),
        "summary": counted,
    }
    return render(request, "apis/import_job.html", context, piece="progress")
