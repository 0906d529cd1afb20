"""The page of one authorizer, which tests it with a token through a real node."""

from typing import Any

import pytest
from playwright.sync_api import expect

from console.apis.models import Authorizer
from console.core.actor import Role
from tests.browser import opened
from tests.console.people import PASSWORD, PIECE, browser, person, text
from tests.console.publishing.test_invoke_authorizer import alive, authorizer, running
from tests.console.stages import drawn

__all__ = ["alive", "authorizer", "running"]  # fixtures

SENT = {
    "source.Auth": "allow",
    "stage_variables.present": "1",
    "stage_variables.key": ["name"],
    "stage_variables.value": ["authorize"],
}


def address(row: Authorizer) -> str:
    return f"/apis/{row.rest_api_id}/authorizers/{row.pk}/test"


@pytest.mark.django_db
class TestPage:
    def test_every_role_may_look_and_developers_may_ask(self, authorizer: Authorizer) -> None:
        for role in Role:
            page = text(browser(role).get(address(authorizer)))
            assert ("> Ask it</button>" in page) == (role >= Role.DEVELOPER)
            assert ("Looks at" in page) == ("create-authorizer" in page) == (role >= Role.VIEWER)

    def test_it_begins_with_the_variables_of_a_stage(self, authorizer: Authorizer) -> None:
        drawn.mock(drawn.method(drawn.resource(authorizer.rest_api, "pets"), authorization_type="NONE"))
        drawn.deploy(authorizer.rest_api, variables={"name": "red"})
        assert 'value="red"' in text(browser(Role.DEVELOPER).get(address(authorizer)))

    def test_an_answer_shows_principal_policy_context_and_log(self, alive: str, authorizer: Authorizer) -> None:
        answer = browser(Role.DEVELOPER).post(address(authorizer), SENT, headers=PIECE)
        page = text(answer)
        assert (answer.status_code, "<html" in page) == (200, False)
        assert answer.context["result"].client_status == 0
        for said in ("let in", "user", "&quot;Effect&quot;: &quot;Allow&quot;", "Starting authorizer", "<dt>n</dt>"):
            assert said in page
        assert "test-invoke-authorizer" in page

    def test_a_caller_who_is_not_known_is_told_so(self, alive: str, authorizer: Authorizer) -> None:
        page = text(browser(Role.DEVELOPER).post(address(authorizer), {**SENT, "source.Auth": "secret-token-of-ada"}))
        assert "<html" in page
        assert "It does not know this caller" in page

    def test_the_call_for_other_tools_has_no_token(self, alive: str, authorizer: Authorizer) -> None:
        answer = browser(Role.DEVELOPER).post(address(authorizer), {**SENT, "source.Auth": "allow"}, headers=PIECE)
        code = "".join(recipe.text for recipe in answer.context["recipes"])
        assert "test-invoke-authorizer" in code
        assert "allow" not in code

    def test_a_refusal_is_shown_in_the_form(self, authorizer: Authorizer) -> None:
        answer = browser(Role.DEVELOPER).post(address(authorizer), SENT, headers=PIECE)
        assert (answer.status_code, answer["HX-Retarget"]) == (422, "#asked")
        assert "No node of the gateway is alive" in text(answer)

    def test_a_viewer_is_refused(self, authorizer: Authorizer) -> None:
        answer = browser(Role.VIEWER).post(address(authorizer), SENT, headers=PIECE)
        assert "not authorized to perform: TestInvokeAuthorizer" in text(answer)

    def test_a_request_has_a_path_and_other_headers(self, alive: str, authorizer: Authorizer) -> None:
        Authorizer.objects.filter(pk=authorizer.pk).update(type="REQUEST")
        sent = {**SENT, "path_with_query_string": "/pets?q=1", "headers.present": "1"}
        answer = browser(Role.DEVELOPER).post(
            address(authorizer), {**sent, "headers.key": ["A"], "headers.value": ["1"]}
        )
        assert '"queryStringParameters":{"q":"1"}' in answer.context["result"].log
        assert '"A":"1"' in answer.context["result"].log


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_asks_an_authorizer_in_the_browser(
    live_server: Any, alive: str, authorizer: Authorizer, tmp_path: Any, scheme: str
) -> None:
    person(Role.DEVELOPER)
    errors: list[str] = []
    with opened(scheme=scheme) as page:
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{live_server.url}/sign-in?next=/apis/{authorizer.rest_api_id}/authorizers")
        page.get_by_label("User").fill("developer")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.screenshot(path=tmp_path / "authorizers.png", full_page=True)
        page.get_by_role("link", name="guard", exact=True).click()
        page.get_by_label("Auth", exact=True).fill("deny")
        page.get_by_placeholder("Variable").first.fill("name")
        page.get_by_placeholder("Value").first.fill("authorize")
        page.get_by_role("button", name="Ask it").click()
        answer = page.get_by_role("region", name="Answer")
        expect(answer).to_contain_text("403")
        expect(answer).to_contain_text('"Effect": "Deny"')
        expect(page.get_by_role("region", name="Execution log")).to_contain_text("with an explicit deny")
        page.screenshot(path=tmp_path / "authorizer.png", full_page=True)
        page.get_by_role("link", name="Authorizers", exact=True).first.click()
        page.get_by_role("link", name="Add authorizer").click()
        page.get_by_role("link", name="JWT issuers").click()
        page.get_by_label("Name").fill("accounts")
        page.screenshot(path=tmp_path / "new.png", full_page=True)
        page.get_by_role("button", name="Add authorizer").click()
        expect(page.get_by_role("heading", name="accounts", exact=True)).to_be_visible()
    assert errors == []
