"""The pages of API keys."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.access.models import ApiKey
from console.access.services import get_api_key
from console.accounts.models import AuditEntry
from console.core.actor import SYSTEM, Role
from tests.console.access.plans import MONTH, join, key, plan, served, use
from tests.console.people import PIECE, browser, text

pytestmark = pytest.mark.django_db

VALUE = "a-value-of-thirty-characters-30"
FORM = {"name": "mobile", "description": "", "customer_id": "", "value": "", "enabled": "on"}


@pytest.fixture
def client() -> Client:
    return browser(Role.DEPLOYER)


def value_of(row: ApiKey) -> str:
    value = get_api_key(SYSTEM, api_key=row.pk, include_value=True).value
    assert value
    return value


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DEVELOPER])
def test_who_may_not_deploy_looks_and_sees_no_value_and_no_button(role: Role):
    row, client = key(value=VALUE), browser(role)
    for path in ("/api-keys/", f"/api-keys/{row.pk}"):
        shown = text(client.get(path))
        assert "mobile" in shown
        assert VALUE not in shown
        for word in ("/new", "/import", "/edit", "/rotate", "/delete", "/enabled", "show="):
            assert f"/api-keys/{row.pk}{word}" not in shown and f"/api-keys{word}" not in shown, word
    assert client.get(f"/api-keys/{row.pk}?show=value").status_code == 403
    for path in ("new", "import", *(f"{row.pk}/{way}" for way in ("edit", "rotate", "delete"))):
        assert client.get(f"/api-keys/{path}").status_code == 403, path
    for path, sent in (("new", FORM), ("import", {"body": f"Key,Name\n{VALUE}x,a"}), (f"{row.pk}/edit", FORM)):
        assert client.post(f"/api-keys/{path}", sent).status_code == 403, path
    assert client.post(f"/api-keys/{row.pk}/enabled", {"enabled": "false"}).status_code == 403
    for way in ("rotate", "delete"):
        assert client.post(f"/api-keys/{row.pk}/{way}").status_code == 403, way
    row.refresh_from_db()
    assert (row.enabled, ApiKey.objects.count()) == (True, 1)


def test_who_has_no_access_comes_to_none_of_them():
    row, client = key(), browser(Role.NONE)
    for path in ("", "new", "import", row.pk, f"{row.pk}/edit", f"{row.pk}/delete"):
        assert client.get(f"/api-keys/{path}").status_code == 403, path
    assert "/api-keys/" not in text(client.get("/account"))


def test_without_keys_the_list_says_what_to_do(client: Client):
    shown = text(client.get("/api-keys/"))
    assert "Nobody has a key yet" in shown
    assert "/api-keys/new" in shown
    assert "may look and not create" in text(browser(Role.VIEWER).get("/api-keys/"))


def test_the_list_is_searched_by_words_and_never_by_a_value(client: Client):
    join(plan(), key("mobile app", description="for phones"))
    website = key("website", customer_id="customer-7", value=VALUE)
    assert "gold" in text(client.get("/api-keys/"))
    for words, there, not_there in (
        ("app phones", "mobile app", "website"),
        ("CUSTOMER-7", "website", "mobile app"),
        (website.pk, "website", "mobile app"),
    ):
        found = text(client.get("/api-keys/", {"q": words}, headers=PIECE))
        assert there in found and not_there not in found, words
    for words in ("app web", VALUE):
        assert "No key matches" in text(client.get("/api-keys/", {"q": words}, headers=PIECE))


def test_the_list_is_read_in_pages_with_the_same_queries_however_long(client: Client, django_assert_num_queries):
    for number in range(3):
        key(f"key{number:02}")
    with django_assert_num_queries(7):  # session, user, savepoint, release, count, keys, their plans
        client.get("/api-keys/")
    for number in range(3, 60):
        key(f"key{number:02}")
    with django_assert_num_queries(7):
        first = text(client.get("/api-keys/"))
    assert "key10" in first and "key55" not in first and "Page 1 of 2" in first
    assert "key55" in text(client.get("/api-keys/?page=2"))


def test_a_key_is_made_and_its_value_shown_on_the_next_page(client: Client):
    assert "Create an API key" in text(client.get("/api-keys/new", headers=PIECE))
    done = client.post("/api-keys/new", FORM)
    row = ApiKey.objects.get()
    assert done["Location"] == f"/api-keys/{row.pk}?show=new"
    assert (row.name, row.enabled) == ("mobile", True)
    shown = text(client.get(done["Location"]))
    assert "Copy the value now" in shown and value_of(row) in shown
    assert value_of(row) not in text(client.get(f"/api-keys/{row.pk}"))
    assert value_of(row) in text(client.get(f"/api-keys/{row.pk}?show=value", headers=PIECE))
    assert AuditEntry.objects.get(operation="CreateApiKey").door == "page"


def test_a_key_is_made_with_a_value_of_ones_own_and_disabled(client: Client):
    client.post("/api-keys/new", {**FORM, "value": VALUE, "enabled": ""})
    row = ApiKey.objects.get()
    assert (value_of(row), row.enabled) == (VALUE, False)


@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        ({"value": "short"}, "id_value_error", "API Key value should be at least 20 characters"),
        ({"value": "x" * 129}, "id_value_error", "API Key value should be at most 128 characters"),
        ({"value": VALUE}, "id_value_error", "API Key already exists"),
        ({"name": ""}, "id_name_error", "This field is required"),
    ],
)
def test_a_refusal_is_shown_at_the_field_that_it_names(client: Client, sent: dict[str, str], error: str, message: str):
    key("other", value=VALUE)
    refused = client.post("/api-keys/new", {**FORM, **sent}, headers=PIECE)
    assert refused.status_code == 422
    assert f'id="{error}"' in text(refused)
    assert message in text(refused)
    assert ApiKey.objects.count() == 1


def test_the_limit_of_keys_is_said_above_the_form(client: Client, settings):
    settings.LIMITS = {**settings.LIMITS, "api_keys": 0}
    refused = client.post("/api-keys/new", FORM, headers=PIECE)
    assert refused.status_code == 422
    assert "Maximum number of API keys for this account has been reached" in text(refused)


def test_a_key_says_how_it_stands_with_its_plans(client: Client):
    api, row = served(), key()
    gold, free = plan(of=api, quota=MONTH), plan("free")
    join(gold, row)
    join(free, row)
    use(gold, row, 30)
    shown = text(client.get(f"/api-keys/{row.pk}"))
    assert '<strong class="numbers">30</strong> <span class="text-secondary">of 100 used' in shown
    assert "70 remain<" in shown and "width: 30%" in shown
    assert "used today, no quota" in shown
    assert f'href="/apis/{api.pk}/stages/dev"' in shown
    assert "In no usage plan" in text(client.get(f"/api-keys/{key('other').pk}"))


def test_what_a_key_is_called_is_changed_and_its_value_is_not(client: Client):
    row = key(description="before")
    before = value_of(row)
    assert "before" in text(client.get(f"/api-keys/{row.pk}/edit", headers=PIECE))
    sent = {"name": "website", "description": "", "customer_id": "c7"}
    assert client.post(f"/api-keys/{row.pk}/edit", sent)["Location"] == f"/api-keys/{row.pk}"
    row.refresh_from_db()
    assert (row.name, row.description, row.customer_id, value_of(row)) == ("website", "", "c7", before)
    refused = client.post(f"/api-keys/{row.pk}/edit", {**sent, "name": ""}, headers=PIECE)
    assert refused.status_code == 422
    assert 'id="id_name_error"' in text(refused)


def test_a_key_is_disabled_and_enabled(client: Client):
    row = key()
    for said, enabled in (("false", False), ("true", True)):
        assert client.post(f"/api-keys/{row.pk}/enabled", {"enabled": said}).status_code == 302
        row.refresh_from_db()
        assert row.enabled is enabled
    assert client.get(f"/api-keys/{row.pk}/enabled").status_code == 405


def test_rotating_asks_once_and_shows_the_new_value_on_the_next_page(client: Client):
    old = key()
    join(plan(), old)
    asked = text(client.get(f"/api-keys/{old.pk}/rotate", headers=PIECE))
    assert "is in the same usage plan, <strong>gold</strong>" in asked
    assert "refused with 403 within a second" in asked and "checked" in asked
    assert ApiKey.objects.count() == 1
    done = client.post(f"/api-keys/{old.pk}/rotate", {"disable": "on"})
    new = ApiKey.objects.exclude(pk=old.pk).get()
    assert done["Location"] == f"/api-keys/{new.pk}?show=new"
    old.refresh_from_db()
    assert not old.enabled
    shown = text(client.get(done["Location"]))
    assert value_of(new) in shown and f"The old one, {old.pk}, is disabled." in shown
    client.post(f"/api-keys/{new.pk}/rotate", {})
    new.refresh_from_db()
    assert new.enabled


def test_a_rotation_that_is_refused_says_so_in_the_dialog(client: Client, settings):
    row = key()
    settings.LIMITS = {**settings.LIMITS, "api_keys": 1}
    refused = client.post(f"/api-keys/{row.pk}/rotate", {"disable": "on"}, headers=PIECE)
    assert refused.status_code == 422
    assert "Maximum number of API keys" in text(refused)
    row.refresh_from_db()
    assert row.enabled


def test_deleting_asks_once_and_says_what_stops_working(client: Client):
    api, row = served(), key()
    join(plan(of=api), row)
    asked = text(client.get(f"/api-keys/{row.pk}/delete", headers=PIECE))
    assert "refused with 403 within a second" in asked and f"{api.pk}/dev" in asked and "gold" in asked
    assert "no caller will notice" in text(client.get(f"/api-keys/{key('other').pk}/delete"))
    assert client.post(f"/api-keys/{row.pk}/delete")["Location"] == "/api-keys/"
    assert not ApiKey.objects.filter(pk=row.pk).exists()
    assert "other" in text(client.get("/api-keys/"))


def test_a_key_that_is_not_there_is_not_here(client: Client):
    for path in ("nosuch", "nosuch/edit", "nosuch/rotate", "nosuch/delete"):
        assert client.get(f"/api-keys/{path}").status_code == 404, path


def test_keys_are_imported_line_by_line(client: Client):
    gold = plan()
    body = f"Key,Name,UsageplanIds\n{VALUE}a,one,{gold.pk}\nshort,two,\n{VALUE}b,three,nosuch\n"
    shown = text(client.post("/api-keys/import", {"body": body}))
    assert "2 keys taken" in shown and "2 warnings" in shown
    assert "Line 3: API Key value should be between 30 and 128 characters" in shown
    assert "Line 4: usage plan nosuch: Invalid Usage Plan ID specified" in shown
    assert set(ApiKey.objects.values_list("name", flat=True)) == {"one", "three"}
    assert gold.plan_keys.count() == 1


def test_a_file_of_keys_is_taken_whole_or_not_at_all(client: Client):
    body = f"Key,Name\n{VALUE}a,one\nshort,two\n"
    refused = client.post("/api-keys/import", {"body": body, "fail_on_warnings": "on"})
    assert refused.status_code == 422
    assert 'id="id_body_error"' in text(refused) and "Warnings found during import: Line 3" in text(refused)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [("", "Paste the lines"), ("Key,Description\nx,y", "Missing required column &#x27;Name&#x27;")],
)
def test_what_is_no_file_of_keys_is_refused_at_its_field(client: Client, body: str, message: str):
    refused = client.post("/api-keys/import", {"body": body})
    assert refused.status_code == 422
    assert 'id="id_body_error"' in text(refused) and message in text(refused)


def test_keys_are_imported_of_a_file_too(client: Client):
    file = SimpleUploadedFile("keys.csv", f"Key,Name\n{VALUE}a,one\n".encode())
    assert "1 key taken" in text(client.post("/api-keys/import", {"body": "", "file": file}))
