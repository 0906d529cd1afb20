"""The grid of a stage's methods shows what nodes do: throttle and cache, verb by verb."""

from html.parser import HTMLParser

import pytest

from console.core.actor import Role
from console.publishing import builder
from console.stages.models import Document, Stage
from console.stages.services import update_stage
from dataplane import snapshot
from dataplane.snapshot.method_settings import setting_of, verbs_of
from tests.console.people import browser, text
from tests.console.stages.drawn import DEPLOYER, deploy, method, mock, pets, resource

pytestmark = pytest.mark.django_db


class Grid(HTMLParser):
    """The cells of each row of a page's table, without their white space."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data}".strip()


def replace(path: str, value: str) -> dict[str, str]:
    return {"op": "replace", "path": path, "value": value}


SETTINGS = {
    "nothing": [],
    "all": [replace("/*/*/throttling/rateLimit", "20"), replace("/*/*/caching/enabled", "true")],
    "one verb of ANY": [
        replace("/*/*/throttling/rateLimit", "20"),
        replace("/*/*/caching/enabled", "true"),
        replace("/~1shops~1{id}/PUT/throttling/rateLimit", "2"),
        replace("/~1shops~1{id}/DELETE/caching/enabled", "true"),
        replace("/~1shops~1{id}/DELETE/throttling/rateLimit", "-1"),
        replace("/shops/{id}/GET/caching/ttlInSeconds", "60"),
    ],
    "the cache of one": [replace("/pets/GET/caching/enabled", "true"), replace("/pets/GET/throttling/rateLimit", "0")],
}


def stage_of(operations: list[dict[str, str]]) -> Stage:
    api = pets()
    shop = resource(api, "{id}", resource(api, "shops"))
    mock(method(shop, "ANY"))
    mock(method(shop, "POST"))
    deploy(api)
    if operations:
        update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=operations)
    return Stage.objects.select_related("deployment").get()


def applied(stage: Stage) -> dict[str, tuple[str, str, str]]:
    """What nodes are told, by method: cached, for how long, with how many requests a second."""
    entry = builder.stage_entry(stage, {}, account_id="0", region="r")
    document = snapshot.decode(bytes(Document.objects.get(pk=entry.digest).body), snapshot.ApiDocument)
    found = {}
    for each in document.resources:
        drawn = [one.http_method for one in each.methods]
        for verb in (verb for http_method in drawn for verb in verbs_of(http_method, drawn)):
            setting = setting_of(entry.method_settings, each.path, verb)
            rate = setting.throttling_rate_limit
            cached = "on" if setting.caching_enabled else "off"
            found[f"{verb} {each.path}"] = cached, f"{setting.cache_ttl_in_seconds} s", "–" if rate < 0 else f"{rate:g}"
    return found


@pytest.mark.parametrize("operations", SETTINGS.values(), ids=SETTINGS)
def test_the_grid_shows_what_nodes_apply(operations: list[dict[str, str]]) -> None:
    stage = stage_of(operations)
    page = browser(Role.DEPLOYER).get(f"/apis/{stage.rest_api_id}/stages/dev/methods")
    shown = {
        " ".join(cells[0].removesuffix("own").split()): (cells[1], cells[2], cells[5])
        for cells in Grid(text(page)).rows[2:]
    }
    assert len(shown) == 8
    assert shown == applied(stage)
