"""The console's pages in Chromium, without nodes: what a person sees, types and presses.

Rows are made before the browser is open: Django refuses its database to a thread that runs Playwright's loop.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from console.core.actor import Role
from tests.browser import opened
from tests.console.people import PASSWORD, person
from tests.console.stages.drawn import deploy, method, mock, pets, resource

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# Chromium itself says each 4xx in its console; a form that was refused is no failure of the page.
REFUSED_FORM = "the server responded with a status of 422"

DOCUMENT = """\
openapi: 3.0.1
info: {title: Shop, version: "1"}
paths:
  /items:
    get:
      responses: {"200": {description: OK}}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "http://shop.example/items"}
  /items/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: OK}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200"}}
"""


@dataclass
class Console:
    page: Page
    url: str
    api: str  # of pets: GET /pets, deployed to dev twice

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(name)).first.click()

    def toast(self, text: str) -> None:
        expect(self.page.locator("#toasts")).to_contain_text(text)


@pytest.fixture
def drawn(transactional_db: None) -> str:
    person(Role.ADMIN)
    api = pets()
    deploy(api, description="The first")
    mock(method(resource(api, "status")))
    deploy(api, description="The second")
    return str(api.pk)


@pytest.fixture
def console(drawn: str, live_server) -> Iterator[Console]:
    complaints: list[str] = []
    with opened() as page:
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/sign-in")
        page.get_by_label("User name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        yield Console(page, live_server.url, drawn)
        # Nothing of the page may ask the server once the test is over.
        page.goto("about:blank")
    assert [text for text in complaints if REFUSED_FORM not in text] == []


def test_a_document_is_seen_corrected_imported_and_deployed(console):
    page = console.page
    console.open("/apis/")
    console.press("i")
    page.wait_for_url("**/apis/import")
    page.locator(".cm-content").click()
    page.keyboard.insert_text("openapi: 3.0.1\npaths: [\n")
    expect(page.locator("#preview")).to_contain_text("cannot be taken")
    console.button("^ *Import$")
    expect(page.locator(".field-error")).to_be_visible()
    expect(page.locator(".cm-lint-marker-error").first).to_be_attached()
    page.locator(".cm-content").click()
    console.press("Control+a")
    page.keyboard.insert_text(DOCUMENT)
    expect(page.locator("#preview")).to_contain_text("2 paths, 2 methods")
    console.button("^ *Import$")
    page.wait_for_url(re.compile("/resources$"))
    console.toast("Shop: ")
    expect(page.locator("#tree")).to_contain_text("/items/")
    console.press("d")
    page.get_by_label("Name of the new stage").fill("dev")
    page.get_by_label("Description").fill("Opening day")
    page.locator("dialog button", has_text="Deploy").click()
    page.wait_for_url(re.compile(r"/stages/dev\?watch=1$"))
    expect(page.locator("#live")).to_contain_text("No node is alive")
    expect(page.locator(".history")).to_contain_text("Opening day")


def test_a_file_is_dropped_on_the_editor(console):
    page = console.page
    console.open("/apis/import")
    expect(page.locator(".cm-editor")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "shop.yaml", "mimeType": "application/yaml", "buffer": DOCUMENT.encode()}
    )
    expect(page.locator("#file-name")).to_contain_text("shop.yaml")
    expect(page.locator("#preview")).to_contain_text("2 paths, 2 methods")


def test_an_integration_is_changed_on_the_diagram(console):
    page = console.page
    console.open(f"/apis/{console.api}/resources")
    page.locator("#tree").get_by_text("GET").first.click()
    page.get_by_role("link", name=re.compile("^Integration Type")).click()
    page.wait_for_url(re.compile("/methods/GET/integration$"))
    page.get_by_text("HTTP proxy", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#id_uri_error")).to_contain_text("Say where requests go")
    page.get_by_label("Endpoint URI").fill("http://pets.example/")
    page.get_by_label("Timeout (ms)").fill("2500")
    console.press("Control+Enter")
    console.toast("Saved in the drawing")
    expect(page.locator(".flow")).to_contain_text("http://pets.example/")
    expect(page.locator(".flow")).to_contain_text("2 500 ms")
    page.reload()
    expect(page.get_by_label("Endpoint URI")).to_have_value("http://pets.example/")


def test_a_role_is_asked_for_where_aws_is_called(console):
    page = console.page
    console.open(f"/apis/{console.api}/resources")
    page.locator("#tree").get_by_text("GET").first.click()
    page.get_by_role("link", name=re.compile("^Integration Type")).click()
    page.wait_for_url(re.compile("/methods/GET/integration$"))
    page.get_by_text("HTTP proxy", exact=True).click()
    expect(page.get_by_label("Role")).to_be_hidden()
    page.get_by_text("Lambda proxy", exact=True).click()
    expect(page.get_by_label("Accept any certificate")).to_be_hidden()
    page.get_by_label("Role").fill("arn:aws:iam::123456789012:role/gateway")
    page.get_by_label("Endpoint URI").fill("arn:aws:lambda:eu-central-1:123456789012:function:pets")
    page.get_by_role("button", name="Save").click()
    console.toast("Saved in the drawing")
    expect(page.locator(".flow")).to_contain_text("function:pets/invocations")
    expect(page.locator(".flow")).to_contain_text("role/gateway")


def test_a_template_is_written_in_the_code_editor(console):
    page = console.page
    console.open(f"/apis/{console.api}/resources")
    page.locator("#tree").get_by_text("GET").first.click()
    page.get_by_role("link", name=re.compile("^Integration request")).click()
    page.get_by_role("button", name="Add template").click()
    row = page.locator(".map-row.tall").last
    row.locator("input").fill("text/plain")
    row.locator(".cm-content").click()
    page.keyboard.insert_text("#set($x = 1) $x")
    page.get_by_role("button", name="Save").click()
    console.toast("Saved in the drawing")
    expect(page.locator(".flow")).to_contain_text("text/plain")


def test_the_tree_is_searched_and_walked_with_keys(console):
    page = console.page
    console.open(f"/apis/{console.api}/resources")
    console.press("/")
    page.keyboard.type("stat")
    expect(page.locator("#tree li", has_text="/pets")).to_be_hidden()
    console.press("ArrowDown", "Enter")
    page.wait_for_url(re.compile(r"/resources/\w+$"))
    expect(page.locator("#drawn h2").first).to_have_text("/status")
    page.go_back()
    page.wait_for_url(re.compile("/resources$"))


def test_a_resource_and_a_method_are_added_and_deleted_by_keyboard(console):
    page = console.page
    console.open(f"/apis/{console.api}/resources")
    page.locator("#tree a").nth(1).focus()
    console.press("Enter")
    expect(page.locator("#drawn h2").first).to_have_text("/")
    console.press("n")
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.type("a/b")
    console.press("Enter")
    expect(page.locator("#id_path_part_error")).to_be_visible()
    page.get_by_label("Path part").fill("shops")
    console.press("Enter")
    console.toast("/shops is drawn")
    console.press("m")
    page.get_by_text("Mock", exact=True).click()
    expect(page.get_by_label("Endpoint URI")).to_be_hidden()
    page.locator("dialog button", has_text="Add method").click()
    page.wait_for_url(re.compile("/methods/GET$"))
    page.get_by_role("link", name="Delete GET /shops").click()
    page.get_by_role("button", name="Delete GET /shops").click()
    console.toast("GET /shops is deleted")


def test_one_click_rolls_back_and_another_flushes(console):
    page = console.page
    console.open(f"/apis/{console.api}/stages/dev")
    second = page.locator("#serving").inner_text()
    page.locator("#rollback").click()
    expect(page.locator("#serving")).not_to_have_text(second)
    expect(page.locator(".history")).to_contain_text("Rolled back")
    expect(page.locator("#live")).to_contain_text("No node is alive")
    page.locator("#flush").click()
    expect(page.locator("#cache-generation")).to_have_text("1")
    page.get_by_role("button", name=f"Serve {second} again").first.click()
    expect(page.locator("#serving")).to_have_text(second)


def test_a_method_is_throttled_on_the_grid_and_given_back_by_keyboard(console):
    page = console.page
    console.open(f"/apis/{console.api}/stages/dev")
    page.get_by_role("link", name="Methods").click()
    page.get_by_role("link", name="Override GET /pets").focus()
    console.press("Enter")
    expect(page.get_by_label("Requests a second")).to_be_focused()
    page.get_by_label("Requests a second").fill("2.5")
    page.get_by_label("At once").fill("5")
    page.get_by_label("Time to live (s)").fill("9999")
    page.locator("dialog form").evaluate("form => form.noValidate = true")
    console.press("Control+Enter")
    expect(page.locator("#id_cache_ttl_in_seconds_error")).to_be_visible()
    page.get_by_label("Time to live (s)").fill("60")
    console.press("Control+Enter")
    console.toast("GET /pets of dev: changed")
    row = page.get_by_role("row", name="GET /pets")
    expect(row).to_contain_text("2.5")
    expect(row).not_to_have_class(re.compile("inherited"))
    expect(page.locator("#live")).to_contain_text("No node is alive")
    row.get_by_role("link", name="Edit GET /pets").press("Enter")
    page.get_by_role("button", name="Reset to stage default").click()
    console.toast("its own settings are removed")
    expect(row).to_have_class("inherited")


def test_a_canary_is_made_of_the_drawing_changed_and_promoted_by_keyboard(console):
    page = console.page
    console.open(f"/apis/{console.api}/stages/dev")
    before = page.locator("#serving").inner_text()
    page.get_by_role("link", name="Canary").press("Enter")
    expect(page.get_by_label("Share of the requests (%)")).to_have_value("10")
    page.get_by_label("Description").fill("Try it first")
    page.get_by_role("button", name="Override a variable").press("Enter")
    page.locator("[name='stage_variable_overrides.key']").last.fill("color")
    page.locator("[name='stage_variable_overrides.value']").last.fill("green")
    console.press("Control+Enter")
    console.toast("it answers 10 % of the requests to dev")
    expect(page.get_by_role("region", name="Canary")).to_contain_text("Try it first")
    expect(page.get_by_role("row", name="color")).to_contain_text("green")
    page.get_by_label("Share of the requests (%)").fill("25.5")
    console.press("Control+Enter")
    console.toast("The canary answers 25.5 %")
    expect(page.get_by_role("region", name="Stage", exact=True)).to_contain_text("74.5 %")
    page.get_by_role("link", name="Promote").press("Enter")
    expect(page.locator("#dialog")).to_contain_text(f"The stage no longer serves {before}")
    expect(page.get_by_role("link", name="Keep both arms")).to_be_focused()
    console.press("Shift+Tab", "Enter")
    console.toast("It was promoted")
    expect(page.get_by_role("link", name="Promote")).to_be_hidden()
    page.get_by_role("link", name="Overview").last.click()
    expect(page.locator("#serving")).not_to_have_text(before)
    expect(page.locator(".history")).to_contain_text("Canary promoted")


def test_the_palette_goes_anywhere(console):
    page = console.page
    console.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("dev")
    expect(page.locator('.found[aria-selected="true"]')).to_contain_text("dev")
    console.press("Enter")
    page.wait_for_url(re.compile("/stages/dev$"))
    console.press("Control+k")
    page.keyboard.type("audit")
    expect(page.locator('.found[aria-selected="true"]')).to_contain_text("Audit")
    console.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_keys_lead_from_page_to_page(console):
    page = console.page
    for keys, url in (("ga", "/apis/"), ("gn", "/nodes"), ("gu", "/audit"), ("gh", "/")):
        console.press(*keys)
        page.wait_for_url(f"{console.url}{url}")
    console.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_the_theme_is_switched_and_kept(console):
    page = console.page
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_an_api_is_deleted_after_one_question_that_says_what_goes(console):
    page = console.page
    console.open("/apis/")
    page.get_by_role("link", name="Delete pets").click()
    expect(page.locator("#dialog")).to_contain_text("1 stage stops answering within a second: dev")
    console.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="Delete pets")).to_be_focused()
    page.get_by_role("link", name="Delete pets").click()
    page.get_by_role("button", name="Delete pets").click()
    console.toast("pets is deleted")
    expect(page.get_by_text("Draw your first API")).to_be_visible()


def test_a_session_that_ended_leads_to_sign_in_and_back(console):
    page = console.page
    console.open(f"/apis/{console.api}/stages/dev")
    page.context.clear_cookies(name="sessionid")
    page.locator("#flush").click()
    page.wait_for_url(re.compile("/sign-in"))


def test_every_page_stands_in_dark_and_narrow_without_scrolling_sideways(console):
    page = console.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    api = f"/apis/{console.api}"
    inside = [
        f"{api}/{path}" for path in ("", "resources", "deployments", "stages", "stages/dev", "deploy", "settings")
    ]
    inside += [
        f"{api}/stages/dev/{path}" for path in ("settings", "methods", "methods/settings?path=/pets&verb=GET", "canary")
    ]
    for path in ["/", "/apis/", "/apis/import", "/nodes", "/audit", "/account", *inside]:
        console.open(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
