"""The page that tests a method as it is drawn, through a real node."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from console.apis.models import Method
from console.core.actor import Role
from tests.browser import opened
from tests.console.people import PASSWORD, PIECE, browser, person, text
from tests.console.publishing.test_invoke_method import alive, method, running
from tests.console.stages import drawn

__all__ = ["alive", "method", "running"]  # fixtures

SENT = {
    "path.id": "a/b c",
    "query": "?q=1",
    "headers.present": "1",
    "headers.key": ["X-One"],
    "headers.value": ["1"],
    "stage_variables.present": "1",
    "stage_variables.key": ["color"],
    "stage_variables.value": ["blue"],
    "body": '{"a": 1}',
}


def address(method: Method) -> str:
    api = method.resource.rest_api_id
    return f"/apis/{api}/resources/{method.resource_id}/methods/{method.http_method}/test"


@pytest.mark.django_db
class TestPage:
    def test_every_role_may_look_and_developers_may_run(self, method: Method) -> None:
        for role in Role:
            page = text(browser(role).get(address(method)))
            assert ("> Run</button>" in page) == (role >= Role.DEVELOPER)

    def test_the_method_page_leads_there(self, method: Method) -> None:
        page = text(browser(Role.VIEWER).get(address(method).removesuffix("/test")))
        assert f'href="{address(method)}"' in page

    def test_it_begins_with_the_variables_of_a_stage(self, method: Method) -> None:
        drawn.mock(Method.objects.get(resource__path="/pets"))
        drawn.deploy(method.resource.rest_api, variables={"color": "red"})
        assert 'value="red"' in text(browser(Role.DEVELOPER).get(address(method)))

    def test_a_run_shows_answer_steps_log_and_the_call(self, alive: str, method: Method) -> None:
        answer = browser(Role.DEVELOPER).post(address(method), SENT, headers=PIECE)
        page = text(answer)
        assert answer.status_code == 200
        assert "<html" not in page
        result = answer.context["result"]
        assert (result.status, '"id": "a/b c"' in result.body, '"v": "blue"' in result.body) == (200, True, True)
        for said in ("Method request", "Integration response", "Execution log for request", "test-invoke-method"):
            assert said in page
        assert "/pets/a%2Fb%20c?q=1" in page

    def test_without_scripts_it_is_a_whole_page(self, alive: str, method: Method) -> None:
        page = text(browser(Role.DEVELOPER).post(address(method), SENT))
        assert "<html" in page
        assert "Execution log for request" in page

    def test_a_refusal_is_shown_in_the_form_which_keeps_what_was_typed(self, method: Method) -> None:
        answer = browser(Role.DEVELOPER).post(address(method), SENT, headers=PIECE)
        assert (answer.status_code, answer["HX-Retarget"]) == (422, "#asked")
        assert "No node of the gateway is alive" in text(answer)
        assert "a/b c" in text(answer)
        answer = browser(Role.DEPLOYER).post(address(method), {**SENT, "stage_variables.key": ["a-b"]}, headers=PIECE)
        assert "Invalid stage variable name: a-b" in text(answer)

    def test_a_viewer_is_refused(self, method: Method) -> None:
        answer = browser(Role.VIEWER).post(address(method), SENT, headers=PIECE)
        assert answer.status_code == 422
        assert "not authorized to perform: TestInvokeMethod" in text(answer)

    def test_any_asks_for_the_verb(self, alive: str, method: Method) -> None:
        row = drawn.method(drawn.resource(method.resource.rest_api, "{all+}"), "ANY")
        drawn.mock(row, 201)
        sent = {**SENT, "http_method": "PUT", "path.all": "a/b"}
        answer = browser(Role.DEVELOPER).post(address(row), sent, headers=PIECE)
        assert answer.context["result"].status == 201
        assert "HTTP Method: PUT" in answer.context["result"].log
        assert "/a/b?q=1" in text(answer)


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_a_person_runs_a_method_in_the_browser(live_server: Any, alive: str, method: Method, tmp_path: Any) -> None:
    person(Role.DEVELOPER)
    errors: list[str] = []
    with opened() as page:
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{live_server.url}/sign-in?next={address(method)}")
        page.get_by_label("User").fill("developer")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("id", exact=True).fill("7")
        page.get_by_label("Query string").fill("q=x")
        page.get_by_role("button", name="Run").click()
        response = page.get_by_role("region", name="Response")
        expect(response).to_contain_text("200")
        expect(response).to_contain_text('"id": "7"')
        page.get_by_text(re.compile(r"1\. Method request")).click()
        expect(page.get_by_role("region", name="Steps")).to_contain_text("resourcePath")
        page.screenshot(path=tmp_path / "test.png", full_page=True)
    assert errors == []
