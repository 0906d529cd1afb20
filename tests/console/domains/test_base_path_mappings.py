import pytest

from console.accounts.models import AuditEntry
from console.apis.services import delete_rest_api
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, LimitExceeded, NotFound
from console.domains.models import BasePathMapping
from console.domains.services import (
    create_base_path_mapping,
    delete_base_path_mapping,
    delete_domain_name,
    get_base_path_mapping,
    get_base_path_mappings,
    update_base_path_mapping,
)
from console.stages.services import delete_stage
from tests.console.domains.named import domain, named
from tests.console.stages.drawn import DEPLOYER, deploy, pets, rest_api

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)
NAME = {"domain_name": "api.example.com"}


@pytest.fixture
def api() -> str:
    """Deployed to dev, beside a domain name."""
    domain()
    api = pets()
    deploy(api)
    return api.pk


def map_(api: str, base_path: str | None = None, stage: str | None = None, **where: str) -> BasePathMapping:
    where = where or NAME
    return create_base_path_mapping(DEPLOYER, **where, rest_api_id=api, base_path=base_path, stage=stage)


def patch(base_path: str, *operations: tuple[str, str]) -> BasePathMapping:
    wire = [{"op": "replace", "path": path, "value": value} for path, value in operations]
    return update_base_path_mapping(DEPLOYER, **NAME, base_path=base_path, patch_operations=wire)


@pytest.mark.parametrize("empty", [None, "", "(none)"])
def test_the_empty_base_path_is_called_none(api: str, empty: str | None) -> None:
    made = map_(api, empty, empty)
    assert (made.base_path, made.rest_api_id, made.stage) == ("(none)", api, None)
    assert get_base_path_mapping(VIEWER, **NAME, base_path="(none)") == made


def test_a_mapping_leads_to_a_stage(api: str) -> None:
    made = map_(api, "pets", "dev")
    assert made.stage is not None and made.stage.stage_name == "dev"


def test_a_base_path_is_mapped_once_per_domain_name(api: str) -> None:
    map_(api, "pets")
    map_(api)
    for base_path in ("pets", ""):
        with pytest.raises(Conflict, match="Base path already exists for this domain name"):
            map_(api, base_path)
    map_(api, "pets", **named(domain("b.example.com")))


def test_an_api_that_is_not_there_is_a_bad_request(api: str) -> None:
    """Recorded from AWS, where most operations answer 404."""
    with pytest.raises(BadRequest, match="Invalid REST API identifier specified"):
        map_("nosuch")
    with pytest.raises(BadRequest, match="Invalid stage identifier specified"):
        map_(api, "pets", "prod")


def test_a_domain_name_that_is_not_there_is_not_found(api: str) -> None:
    with pytest.raises(NotFound, match="Invalid domain name identifier specified"):
        map_(api, domain_name="nosuch.example.com")


@pytest.mark.parametrize(
    ("base_path", "text"),
    [
        ("v1/pets", "API Gateway V1 doesn't support the slash character"),
        ("a b", "Base paths can only contain"),
        ("a" * 301, "at most 300"),
    ],
)
def test_a_base_path_is_one_segment(api: str, base_path: str, text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        map_(api, base_path)


@pytest.mark.parametrize(("path", "api_path"), [("/basePath", "/restapiId"), ("/basepath", "/restApiId")])
def test_everything_of_a_mapping_is_replaced_at_once(api: str, path: str, api_path: str) -> None:
    other = pets()
    deploy(other, "prod")
    map_(api, "pets", "dev")
    patch("pets", (path, "animals"), (api_path, other.pk), ("/stage", "prod"))
    row = get_base_path_mapping(VIEWER, **NAME, base_path="animals")
    assert row.rest_api_id == other.pk and row.stage is not None and row.stage.stage_name == "prod"
    assert patch("animals", ("/stage", ""), (path, "(none)")).stage is None


def test_a_stage_is_one_of_the_api(api: str) -> None:
    map_(api, "pets", "dev")
    with pytest.raises(BadRequest, match="Invalid stage identifier specified"):
        patch("pets", ("/restapiId", rest_api().pk))
    assert BasePathMapping.objects.get().rest_api_id == api


def test_a_mapping_moves_to_no_path_that_is_taken(api: str) -> None:
    map_(api, "pets")
    map_(api, "animals")
    with pytest.raises(Conflict, match="Base path already exists"):
        patch("pets", ("/basePath", "animals"))
    assert patch("pets", ("/basePath", "pets")).base_path == "pets"


def test_mappings_are_listed_in_a_constant_number_of_queries(api: str, django_assert_num_queries) -> None:
    for base_path in ("", "b", "a"):
        map_(api, base_path, "dev")
    first = get_base_path_mappings(VIEWER, **NAME, limit=1)
    with django_assert_num_queries(4):  # the name, its mappings with their stages; with the savepoint's two
        second = get_base_path_mappings(VIEWER, **NAME, position=first.position)
        assert [row.stage and row.stage.stage_name for row in second.items] == ["dev", "dev"]
    assert [row.base_path for row in (*first.items, *second.items)] == ["(none)", "a", "b"]


def test_what_a_domain_name_leads_to_is_not_deleted(api: str) -> None:
    map_(api, "pets", "dev")
    with pytest.raises(BadRequest) as refused:
        delete_stage(DEPLOYER, rest_api_id=api, stage_name="dev")
    assert refused.value.message == (
        "Deleting stage dev failed. Please remove all base path mappings related to the stage in your domains: "
        "api.example.com."
    )
    with pytest.raises(BadRequest) as refused:
        delete_rest_api(DEPLOYER, rest_api_id=api)
    assert refused.value.message == (
        f"Deleting RestApi {api} failed. Please remove all base path mappings related to the RestApi in your domains: "
        "api.example.com."
    )
    delete_base_path_mapping(DEPLOYER, **NAME, base_path="pets")
    delete_rest_api(DEPLOYER, rest_api_id=api)


def test_a_mapping_that_is_gone_is_not_found(api: str) -> None:
    for verb in (get_base_path_mapping, delete_base_path_mapping, update_base_path_mapping):
        with pytest.raises(NotFound, match="Invalid base path mapping identifier specified"):
            verb(DEPLOYER, **NAME, base_path="pets")


def test_mappings_go_with_their_domain_name(api: str) -> None:
    map_(api)
    delete_domain_name(DEPLOYER, **NAME)
    assert not BasePathMapping.objects.exists()


def test_there_is_a_limit_per_domain_name(api: str, settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "base_path_mappings_per_domain_name": 1}
    map_(api)
    with pytest.raises(LimitExceeded, match="base path mappings for this domain name has been reached"):
        map_(api, "pets")


def test_each_change_is_recorded(api: str) -> None:
    map_(api, "pets", "dev")
    entry = AuditEntry.objects.latest("pk")
    assert entry.subject == "arn:aws:apigateway:us-east-1::/domainnames/api.example.com/basepathmappings/pets"
    assert entry.changes == {"basePath": "pets", "restApiId": api, "stage": "dev"}
    patch("pets", ("/basePath", "animals"))
    delete_base_path_mapping(DEPLOYER, **NAME, base_path="animals")
    operations = AuditEntry.objects.order_by("-pk").values_list("operation", flat=True)[:2]
    assert list(operations) == ["DeleteBasePathMapping", "UpdateBasePathMapping"]
