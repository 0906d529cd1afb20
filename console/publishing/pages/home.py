"""Home: how every stage does, what was deployed last, what is drawn and not deployed. And the palette."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import F, Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from console.access.services import search_api_keys, search_usage_plans
from console.accounts.services import actor_of
from console.apis.models import Resource, RestApi
from console.core.actor import Actor, Role
from console.core.htmx import page, render
from console.core.permission import seen
from console.publishing.models import Node
from console.publishing.pages.fleet import refusal
from console.publishing.services import live_nodes
from console.stages.models import Deployment, Stage
from console.telemetry.models import MinuteCount

HOUR = dt.timedelta(hours=1)
MINUTES = 60
LATEST = 8
FOUND = 8


@dataclass(slots=True)
class Traffic:
    count: int = 0
    errors: int = 0
    minutes: list[int] = field(default_factory=lambda: [0] * MINUTES)

    @property
    def percent_5xx(self) -> float:
        return 100 * self.errors / self.count if self.count else 0.0

    @property
    def points(self) -> str:
        """Of a polyline in a box of 59 by 20."""
        top = max(self.minutes) or 1
        return " ".join(f"{minute},{19 - 18 * count / top:.1f}" for minute, count in enumerate(self.minutes))


@dataclass(frozen=True, slots=True)
class Tile:
    stage: Stage
    traffic: Traffic
    nodes: int
    serving: int
    refusal: str  # why a node would not serve it, in its words


@page
def home(request: HttpRequest) -> HttpResponse:
    actor, nodes = actor_of(request), list(live_nodes())
    mine = seen(actor, "rest_api")
    stages = Stage.objects.filter(mine).select_related("rest_api", "deployment")
    traffic = _traffic()
    context = {
        "tiles": [_tile(stage, traffic, nodes) for stage in stages.order_by("rest_api__name", "stage_name")],
        "latest": Deployment.objects.filter(mine).select_related("rest_api").order_by("-created_date")[:LATEST],
        "drafts": _drafts(actor),
        "nodes": nodes,
    }
    return render(request, "publishing/home.html", context, piece="tiles")


def _tile(stage: Stage, traffic: dict[tuple[str, str], Traffic], nodes: list[Node]) -> Tile:
    refused = {node.pk: reason for node in nodes if (reason := refusal(node, stage.rest_api_id, stage.stage_name))}
    serving = sum(node.generation >= stage.generation and node.pk not in refused for node in nodes)
    counted = traffic.get((stage.rest_api_id, stage.stage_name), Traffic())
    return Tile(stage, counted, len(nodes), serving, next(iter(refused.values()), ""))


def _traffic() -> dict[tuple[str, str], Traffic]:
    """The last hour of every stage, minute by minute, in one query."""
    first = timezone.now().replace(second=0, microsecond=0) - HOUR + dt.timedelta(minutes=1)
    rows = MinuteCount.objects.filter(minute__gte=first).values_list("rest_api_id", "stage_name", "minute")
    found: dict[tuple[str, str], Traffic] = {}
    for api, stage, minute, count, errors in rows.annotate(Sum("count"), Sum("count_5xx")):
        traffic = found.setdefault((api, stage), Traffic())
        traffic.count += count
        traffic.errors += errors
        traffic.minutes[min(MINUTES - 1, int((minute - first).total_seconds() // 60))] += count
    return found


def _drafts(actor: Actor) -> list[RestApi]:
    """APIs that were changed since their last deployment, or never deployed; the latest change first."""
    rows = RestApi.objects.filter(seen(actor)).annotate(deployed=Max("deployments__created_date"))
    return list(rows.filter(Q(deployed=None) | Q(updated_date__gt=F("deployed"))).order_by("-updated_date")[:LATEST])


@dataclass(frozen=True, slots=True)
class Found:
    mark: str
    text: str
    url: str
    more: str = ""


PAGES = (
    ("home", "Home", "home"),
    ("stack-2", "APIs", "apis"),
    ("file-import", "Import an OpenAPI document", "api-import"),
    ("plus", "Create an API", "api-create"),
    ("key", "API keys", "api-keys"),
    ("adjustments", "Usage plans", "usage-plans"),
    ("server-2", "Nodes", "nodes"),
    ("history", "Audit record", "audit"),
    ("key", "Account, access keys, tokens", "account"),
)
ADMINS_PAGES = (("users", "Users and their roles", "users"),)


@page
def palette(request: HttpRequest) -> HttpResponse:
    actor, words = actor_of(request), request.GET.get("q", "").split()
    groups = [
        ("APIs", _apis(actor, words)),
        ("Stages", _stages(actor, words)),
        ("Resources", _resources(actor, words)),
        ("API keys", _api_keys(actor, words)),
        ("Usage plans", _usage_plans(actor, words)),
    ]
    said = [
        Found(mark, text, reverse(name))
        for mark, text, name in (*PAGES, *(ADMINS_PAGES if actor.role == Role.ADMIN else ()))
        if all(word.lower() in text.lower() for word in words)
    ]
    shown = [(title, found) for title, found in [*groups, ("Pages", said)] if found]
    return render(request, "publishing/palette.html", {"groups": shown, "words": words})


def _apis(actor: Actor, words: list[str]) -> list[Found]:
    rows = RestApi.objects.filter(seen(actor)).order_by("-updated_date")
    for word in words:
        # An id is pasted or begun: its inside is letters that happen to stand together.
        rows = rows.filter(Q(name__icontains=word) | Q(pk__istartswith=word))
    return [Found("stack-2", api.name, reverse("api", args=[api.pk]), api.pk) for api in rows[:FOUND]]


def _stages(actor: Actor, words: list[str]) -> list[Found]:
    rows = Stage.objects.filter(seen(actor, "rest_api")).select_related("rest_api")
    rows = rows.order_by("rest_api__name", "stage_name")
    for word in words:
        rows = rows.filter(Q(stage_name__icontains=word) | Q(rest_api__name__icontains=word))
    return [
        Found(
            "rocket",
            stage.stage_name,
            reverse("stage", args=[stage.rest_api_id, stage.stage_name]),
            stage.rest_api.name,
        )
        for stage in rows[:FOUND]
    ]


def _resources(actor: Actor, words: list[str]) -> list[Found]:
    if not words:
        return []
    rows = Resource.objects.filter(seen(actor, "rest_api"), parent__isnull=False)
    rows = rows.select_related("rest_api").order_by("path")
    for word in words:
        rows = rows.filter(Q(path__icontains=word) | Q(rest_api__name__icontains=word))
    return [
        Found("sitemap", row.path, reverse("resource", args=[row.rest_api_id, row.pk]), row.rest_api.name)
        for row in rows[:FOUND]
    ]


def _api_keys(actor: Actor, words: list[str]) -> list[Found]:
    if not words or actor.role < Role.VIEWER:
        return []
    rows = search_api_keys(actor, words=" ".join(words)).prefetch_related(None)
    return [Found("key", row.name or row.pk, reverse("api-key", args=[row.pk]), row.pk) for row in rows[:FOUND]]


def _usage_plans(actor: Actor, words: list[str]) -> list[Found]:
    if not words or actor.role < Role.VIEWER:
        return []
    rows = search_usage_plans(actor, words=" ".join(words))
    return [Found("adjustments", row.name, reverse("usage-plan", args=[row.pk]), row.pk) for row in rows[:FOUND]]
