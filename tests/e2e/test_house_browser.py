"""The main job in Chromium, over the whole house: import, change, deploy, call, roll back, flush."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import opened, sign_in
from tests.house import House, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("house")]

DOCUMENT = """\
openapi: 3.0.1
info: {title: Drawn in a browser, version: "1"}
paths:
  /hello:
    get:
      responses: {"200": {description: OK}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: "200"
            responseTemplates: {application/json: 'one'}
"""


class Console:
    """The pages as a person uses them."""

    def __init__(self, house: House, page: Page) -> None:
        self.house = house
        self.page = page
        self.api = ""

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=re.compile(name))

    def open(self, path: str) -> None:
        self.page.goto(f"{self.house.console}{path}")

    def import_document(self, text: str) -> None:
        self.open("/apis/import")
        self.page.locator("#drop .cm-content").click()
        self.page.keyboard.insert_text(text)
        expect(self.page.locator("#preview")).to_contain_text("/hello")
        self.button("^ *Import").click()
        self.page.wait_for_url(re.compile(r"/apis/[a-z0-9]{10}/"))
        self.api = self.page.url.split("/apis/")[1].split("/")[0]

    def deploy(self, description: str, *, stage: str = "dev") -> None:
        self.open(f"/apis/{self.api}/deploy")
        name = self.page.get_by_label("Name of the new stage")
        if name.is_visible():
            name.fill(stage)
        self.page.get_by_label("Description").fill(description)
        self.page.locator("form.dialog-body").get_by_role("button", name="Deploy").click()
        self.page.wait_for_url(re.compile(f"/stages/{stage}"))

    def redraw(self, says: str) -> None:
        """Through the wire: what the method's own page does is tested where its room is."""
        client = self.house.client()
        resource = next(
            item["id"] for item in client.get_resources(restApiId=self.api)["items"] if item["path"] == "/hello"
        )
        client.update_integration_response(
            restApiId=self.api,
            resourceId=resource,
            httpMethod="GET",
            statusCode="200",
            patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": says}],
        )

    def serves(self, says: str) -> None:
        eventually(lambda: self.house.call(self.api, "dev", "/hello") == (200, says), what=f"it says {says!r}")


@pytest.fixture
def console(house: House) -> Iterator[Console]:
    with opened() as page:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, house)
        console = Console(house, page)
        yield console
        assert complaints == []
        if console.api:
            house.client().delete_rest_api(restApiId=console.api)


def test_the_main_job_in_a_browser(console):
    page = console.page
    console.import_document(DOCUMENT)
    expect(page.get_by_text("/hello").first).to_be_visible()
    console.deploy("The first")
    expect(page.locator("#live")).to_contain_text("1/1 node")
    first = page.locator("#serving").inner_text()
    console.serves("one")

    console.redraw("two")
    assert console.house.call(console.api, "dev", "/hello") == (200, "one")
    console.deploy("The second")
    console.serves("two")
    expect(page.locator(".history")).to_contain_text("The second")

    page.locator("#rollback").click()
    expect(page.locator("#serving")).to_have_text(first)
    expect(page.locator(".history")).to_contain_text("Rolled back")
    console.serves("one")

    expect(page.locator("#cache-generation")).to_have_text("0")
    page.locator("#flush").click()
    expect(page.locator("#cache-generation")).to_have_text("1")
    expect(page.locator("#live")).to_contain_text("acknowledged by every node")


def test_a_wrong_password_is_refused_and_the_right_one_lets_in(house):
    with opened() as page:
        page.goto(f"{house.console}/apis/")
        page.wait_for_url(re.compile("/sign-in"))
        page.get_by_label("User").fill("admin")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert").first).to_contain_text("wrong")
        page.get_by_label("Password").fill(house.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile("/apis/$"))
        expect(page.get_by_role("link", name="PetStore").first).to_be_visible()
