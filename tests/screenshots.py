"""`python -m tests.screenshots`: docs/images, taken of a real console over the demo, with some traffic on it."""

import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser import opened, sign_in
from tests.house import PORTS, ROOT, House

IMAGES = ROOT / "docs" / "images"
# What the pictures show is what a reader will see.
USUAL = dict(zip(PORTS, ("8000", "8080", "8081"), strict=False))


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stagedoor-pictures-") as folder:
        house = House(Path(folder) / "home", **USUAL).start()
        try:
            house.wait_ready()
            with opened() as page:
                take(page, house)
        finally:
            house.kill()


def take(page: Page, house: House) -> None:
    client = house.client()
    api = client.get_rest_apis()["items"][0]["id"]
    work_on(house, client, api)
    resources = {item["path"]: item["id"] for item in client.get_resources(restApiId=api, limit=100)["items"]}
    sign_in(page, house)
    pictures = {
        "method": f"/apis/{api}/resources/{resources['/pets/{petId}']}/methods/GET",
        "stage": f"/apis/{api}/stages/dev",
    }
    for name, path in pictures.items():
        answer = page.goto(f"{house.console}{path}")
        assert answer is not None, path
        assert answer.ok, f"{path}: {answer.status}"
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}.png")
        print(IMAGES / f"{name}.png")


def work_on(house: House, client: Any, api: str) -> None:
    """A further deployment, and callers of every method."""
    resources = {item["path"]: item["id"] for item in client.get_resources(restApiId=api, limit=100)["items"]}
    client.update_integration(
        restApiId=api,
        resourceId=resources["/slow"],
        httpMethod="GET",
        patchOperations=[{"op": "replace", "path": "/timeoutInMillis", "value": "5000"}],
    )
    client.create_deployment(restApiId=api, stageName="dev", description="Give up on /slow after 5 s")
    time.sleep(1)
    for path in ("/pets", "/pets?type=cat", "/pets/1", "/pets/2", "/pets/77", "/health", "/echo/a") * 8:
        house.call(api, "dev", path)
    time.sleep(3)  # counts are shipped about once a second


if __name__ == "__main__":
    main()
