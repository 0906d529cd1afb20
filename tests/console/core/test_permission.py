import pytest

from console.apis.models import RestApi
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied
from console.core.permission import having, require, require_each, seen, sees

MIXED = {"hidden": Role.NONE, "looked": Role.VIEWER, "deployed": Role.DEPLOYER}


@pytest.mark.parametrize(
    ("role", "there"),
    [
        (Role.NONE, [Role.NONE, Role.VIEWER, Role.DEPLOYER, Role.NONE]),
        (Role.DEVELOPER, [Role.NONE, Role.VIEWER, Role.DEPLOYER, Role.DEVELOPER]),
        (Role.ADMIN, [Role.ADMIN] * 4),
    ],
)
def test_a_grant_counts_instead_of_the_role_and_an_admin_is_one_everywhere(role: Role, there: list[Role]):
    actor = Actor("ada", role, grants=MIXED)
    assert [actor.role_on(api) for api in (*MIXED, "another")] == there
    assert [sees(actor, api) for api in (*MIXED, "another")] == [one > Role.NONE for one in there]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.NONE, ["deployed", "looked"]),
        (Role.VIEWER, ["another", "deployed", "looked"]),
        (Role.ADMIN, ["another", "deployed", "hidden", "looked"]),
    ],
)
def test_what_is_seen_of_many_rows(role: Role, shown: list[str]):
    RestApi.objects.bulk_create(RestApi(pk=api, name=api) for api in (*MIXED, "another"))
    rows = RestApi.objects.filter(seen(Actor("ada", role, grants=MIXED)))
    assert sorted(rows.values_list("pk", flat=True)) == shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "there"),
    [
        (Role.DEVELOPER, ["deployed"]),
        (Role.DEPLOYER, ["another", "deployed"]),
        (Role.ADMIN, ["another", "deployed", "hidden", "looked"]),
    ],
)
def test_on_which_of_many_rows_an_actor_has_a_role(role: Role, there: list[str]):
    RestApi.objects.bulk_create(RestApi(pk=api, name=api) for api in (*MIXED, "another"))
    rows = RestApi.objects.filter(having(Actor("ada", role, grants=MIXED), Role.DEPLOYER))
    assert sorted(rows.values_list("pk", flat=True)) == there


@pytest.mark.django_db
def test_who_has_no_access_sees_nothing_and_who_has_no_grants_sees_all():
    RestApi.objects.create(pk="one", name="one")
    assert not RestApi.objects.filter(seen(Actor("ada", Role.NONE))).exists()
    assert RestApi.objects.filter(seen(Actor("ada", Role.VIEWER))).exists()


def test_a_refusal_names_the_operation_and_the_api():
    actor = Actor("ada", Role.VIEWER, grants=MIXED)
    require(actor, Role.VIEWER, "GetStage", on="looked")
    with pytest.raises(AccessDenied) as refused:
        require(actor, Role.VIEWER, "GetStage", on="hidden")
    assert refused.value.message == (
        "User: ada is not authorized to perform: GetStage on resource: arn:aws:apigateway:us-east-1::/restapis/hidden"
    )
    with pytest.raises(AccessDenied, match=r"perform: CreateApiKey$"):
        require(actor, Role.DEPLOYER, "CreateApiKey")


def test_each_of_several_apis_has_to_allow_it():
    actor = Actor("ada", Role.DEPLOYER, grants=MIXED)
    require_each(actor, Role.DEPLOYER, "UpdateUsagePlan", ["deployed", "another"])
    with pytest.raises(AccessDenied, match=r"/restapis/looked$"):
        require_each(actor, Role.DEPLOYER, "UpdateUsagePlan", ["deployed", "looked"])
