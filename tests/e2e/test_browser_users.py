"""The pages of users and of one's own account in Chromium, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.people import PASSWORD
from tests.e2e.test_browser_console import Console, console, drawn

__all__ = ["console", "drawn"]  # fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def make_user(console: Console) -> None:
    console.press("g", "p")
    console.page.wait_for_url(re.compile("/users/$"))
    console.press("n")
    expect(console.page.locator("#dialog")).to_be_visible()
    expect(console.page.get_by_label("User name")).to_be_focused()
    console.page.keyboard.type("grace")
    console.press("Tab", "N", "Tab")  # the role whose words begin so: no access
    console.page.keyboard.type(PASSWORD)
    console.press("Enter")
    console.page.wait_for_url(re.compile("/users/of/grace$"))


def test_a_user_is_made_by_keyboard_and_given_a_role_on_one_api(console):
    page = console.page
    make_user(console)
    expect(page.get_by_text("Role: no access.")).to_be_visible()
    page.get_by_label("API", exact=True).focus()
    console.press("Tab", "D", "e", "v", "Tab", "Enter")
    console.toast("grace has a role of their own there.")
    row = page.get_by_role("row", name=re.compile("pets"))
    expect(row).to_contain_text("developer")
    row.get_by_role("button", name=re.compile("Revoke the role on pets")).focus()
    console.press("Enter")
    expect(page.get_by_text("The same role on every API")).to_be_visible()


def test_a_token_is_made_and_revoked_by_keyboard(console):
    page = console.page
    console.open("/account")
    page.get_by_label("Name").focus()
    page.keyboard.type("nightly")
    console.press("Enter")
    expect(page.get_by_text("it is shown this once")).to_be_visible()
    console.open("/account")
    page.get_by_role("link", name="Revoke nightly").focus()
    console.press("Enter")
    expect(page.locator("#dialog")).to_contain_text("This cannot be undone")
    page.get_by_role("button", name="Revoke nightly").focus()
    console.press("Enter")
    console.toast("nightly is revoked.")


def test_the_pages_of_users_stand_in_dark_and_narrow_without_scrolling_sideways(console):
    page = console.page
    make_user(console)
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    for path in ("/users/", "/users/create", "/users/of/grace", "/users/of/admin", "/account"):
        console.open(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
