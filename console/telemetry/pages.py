"""What a stage answered, as a piece of other pages."""

from django.http import HttpRequest, HttpResponse

from console.accounts.services import actor_of
from console.core.actor import Role
from console.core.htmx import page, render
from console.core.permission import require
from console.telemetry.services import stage_minutes


@page
def traffic(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    """The last hour, minute by minute."""
    require(actor_of(request), Role.VIEWER, "GetStage", on=rest_api_id)
    minutes = stage_minutes(rest_api_id, stage_name)
    count = sum(minute.count for minute in minutes)
    hits = sum(minute.cache_hits for minute in minutes)
    looked_up = hits + sum(minute.cache_misses for minute in minutes)
    chart = {
        "x": [int(minute.minute.timestamp()) for minute in minutes],
        "series": [
            {"label": "Requests", "color": "--tblr-primary", "fill": True, "values": [m.count for m in minutes]},
            {"label": "4xx", "color": "--warn", "values": [m.count_4xx for m in minutes]},
            {"label": "5xx", "color": "--bad", "values": [m.count_5xx for m in minutes]},
        ],
    }
    context = {
        "rest_api_id": rest_api_id,
        "stage_name": stage_name,
        "chart": chart,
        "count": count,
        "count_4xx": sum(minute.count_4xx for minute in minutes),
        "count_5xx": sum(minute.count_5xx for minute in minutes),
        "latency_ms": sum(minute.latency_ms_sum for minute in minutes) / count if count else None,
        "hit_percent": 100 * hits / looked_up if looked_up else None,
    }
    return render(request, "telemetry/traffic.html", context)
