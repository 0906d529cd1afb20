"""What is put into a usage plan is found by words first, in a dialog that lists what the plan has not."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from console.access.models import UsagePlan
from console.access.pages.usage_plans import url_of
from console.core.faults import Fault
from console.core.htmx import UNPROCESSABLE, go, render

FOUND = 20


def adding(
    request: HttpRequest,
    plan: UsagePlan,
    template: str,
    *,
    find: Callable[[str], QuerySet[Any]],
    add: Callable[[], str],
) -> HttpResponse:
    """`find` gives what has these words; `add` puts in what was posted and says so, or raises Fault."""
    words, refused = request.GET.get("q", "").strip(), ""
    if request.method == "POST":
        try:
            said = add()
        except Fault as fault:
            refused = fault.message
        else:
            return go(request, url_of(plan), f"{said} is in the plan, from now on.")
    rows = find(words)
    context = {
        "plan": plan,
        "refused": refused,
        "words": words,
        "rows": rows[:FOUND],
        "more": max(rows.count() - FOUND, 0),
    }
    piece = "found" if request.GET.get("piece") == "found" else "dialog"
    return render(request, template, context, piece=piece, status=UNPROCESSABLE if refused else 200)
