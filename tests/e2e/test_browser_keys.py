"""The pages of API keys and usage plans in Chromium, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.access.plans import MONTH, join, key, plan, use
from tests.e2e.test_browser_console import Console, console, drawn

__all__ = ["console", "drawn"]  # fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counted(drawn: str) -> str:
    """The id of a plan with a key that was used today."""
    gold, one = plan(quota=MONTH), key()
    join(gold, one)
    use(gold, one, 42)
    return str(gold.pk)


def make_key(console: Console) -> str:
    """The value that is shown."""
    page = console.page
    console.press("g", "k")
    page.wait_for_url(re.compile("/api-keys/$"))
    console.press("n")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("mobile")
    console.press("Enter")
    page.wait_for_url(re.compile(r"/api-keys/\w{10}\?show=new$"))
    expect(page.get_by_text("Copy the value now")).to_be_visible()
    return page.locator("#value code").inner_text()


def make_plan(console: Console) -> None:
    page = console.page
    console.press("g", "l")
    page.wait_for_url(re.compile("/usage-plans/$"))
    console.press("n")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("gold")
    page.get_by_label("Requests a second").fill("10")
    page.get_by_label("Requests", exact=True).fill("1000")
    console.press("Control+Enter")
    expect(page.locator("#dialog")).to_contain_text("Give both limits, or leave both empty.")
    expect(page.get_by_label("At once")).to_be_focused()
    page.keyboard.type("20")
    console.press("Control+Enter")
    console.toast("gold is there. Now say for which stages it is.")


def fill_plan(console: Console) -> None:
    page = console.page
    page.get_by_role("link", name="Add stage").first.press("Enter")
    expect(page.get_by_label("Find a stage")).to_be_focused()
    page.keyboard.type("pets dev")
    page.get_by_role("button", name="Add dev of pets").press("Enter")
    console.toast("dev is in the plan, from now on.")
    console.press("n")
    expect(page.get_by_label("Find a key", exact=True)).to_be_focused()
    page.keyboard.type("mob")
    page.get_by_role("button", name="Add mobile").press("Enter")
    console.toast("mobile is in the plan, from now on.")


def test_a_key_is_made_and_joins_a_plan_with_a_stage_and_its_quota_is_extended(console):
    page = console.page
    value = make_key(console)
    assert re.fullmatch(r"\w{40}", value)
    make_plan(console)
    fill_plan(console)
    row = page.get_by_role("row", name=re.compile("mobile"))
    expect(row).to_contain_text("1000 remain")
    row.get_by_role("link", name="Extend the quota of mobile").press("Enter")
    expect(page.get_by_label("Requests that remain")).to_be_focused()
    page.get_by_label("Requests that remain").fill("1500")
    console.press("Enter")
    console.toast("mobile: 1500 requests remain, from now on.")
    expect(row).to_contain_text("1500 remain")
    row.get_by_role("link", name="mobile", exact=True).press("Enter")
    expect(page.get_by_role("row", name=re.compile("gold"))).to_contain_text("dev")
    page.get_by_role("link", name="Show").press("Enter")
    expect(page.locator("#value")).to_contain_text(value)


def test_a_plan_is_emptied_and_deleted_by_keyboard(console):
    page = console.page
    make_key(console)
    make_plan(console)
    fill_plan(console)
    page.get_by_role("link", name="Throttles of methods of dev").press("Enter")
    page.get_by_label("Method", exact=True).select_option("/pets/GET")
    page.get_by_label("Requests a second").fill("2.5")
    page.get_by_label("At once").fill("5")
    console.press("Enter")
    console.toast("GET /pets of dev is throttled, from now on.")
    expect(page.get_by_role("row", name=re.compile("pets"))).to_contain_text("2.5 a second, 5 at once")
    page.get_by_role("link", name="Delete").press("Enter")
    expect(page.locator("#dialog")).to_contain_text("A plan that has stages is not deleted")
    page.get_by_role("link", name="Remove dev of pets").press("Enter")
    expect(page.locator("#dialog")).to_contain_text("1 key of the plan is refused there with 403")
    page.get_by_role("button", name="Remove dev").press("Enter")
    console.toast("dev is out of the plan.")
    page.get_by_role("link", name="Delete").press("Enter")
    page.get_by_role("button", name="Delete gold").press("Enter")
    console.toast("gold is deleted.")
    expect(page.get_by_text("No usage plans yet")).to_be_visible()


def test_keys_are_imported_of_pasted_lines_with_what_was_said_of_each(console):
    page = console.page
    console.press("g", "k")
    page.wait_for_url(re.compile("/api-keys/$"))
    console.press("i")
    page.wait_for_url(re.compile("/api-keys/import$"))
    page.get_by_label("Keys as CSV").last.fill(f"Key,Name\n{'a' * 30},one\nshort,two")
    console.button("Import")
    expect(page.get_by_text("1 key taken")).to_be_visible()
    expect(page.get_by_text("Line 3: API Key value should be between")).to_be_visible()


def test_a_key_is_rotated_after_one_question(counted: str, console):
    page = console.page
    console.open(f"/usage-plans/{counted}")
    page.get_by_role("link", name="mobile", exact=True).press("Enter")
    page.wait_for_url(re.compile("/api-keys/"))
    old = page.url.rpartition("/")[2]
    page.get_by_role("link", name="Rotate").press("Enter")
    expect(page.get_by_role("link", name="Keep it")).to_be_focused()
    page.get_by_role("button", name="Rotate").press("Enter")
    console.toast(f"mobile has a new key. The old one, {old}, is disabled.")
    expect(page.get_by_text("Copy the value now")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("gold"))).to_contain_text("100 remain")


def test_what_was_used_is_drawn_by_day_and_taken_as_a_file(counted: str, console):
    page = console.page
    console.open(f"/usage-plans/{counted}")
    expect(page.get_by_role("img", name="42 requests in the last 30 days")).to_be_visible()
    expect(page.locator(".chart canvas")).to_be_visible()
    page.locator(".chart .u-over").hover(position={"x": 5, "y": 20})
    expect(page.locator(".chart .u-legend")).to_contain_text("Day")
    page.get_by_role("link", name="Export").press("Enter")
    expect(page.get_by_label("First day")).to_be_focused()
    with page.expect_download() as started:
        page.get_by_role("button", name="Export").press("Enter")
    lines = started.value.path().read_text().splitlines()
    assert lines[0] == "keyId,date,used,remaining"
    assert lines[-1].endswith(",42,58")


def test_the_pages_stand_in_dark_and_narrow_without_scrolling_sideways(console):
    page = console.page
    make_key(console)
    made = page.url.partition("?")[0].removeprefix(console.url)
    make_plan(console)
    fill_plan(console)
    page.wait_for_url(re.compile(r"/usage-plans/\w{6}$"))
    of = page.url.removeprefix(console.url)
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    inside = ("edit", "delete", "usage", "stages/add", "keys/add", f"stages/{console.api}/dev/throttles")
    paths = ("/api-keys/", "/api-keys/new", "/api-keys/import", made, f"{made}/delete", "/usage-plans/")
    for path in (*paths, "/usage-plans/new", of, *(f"{of}/{one}" for one in inside)):
        console.open(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
