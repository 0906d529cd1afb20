import pytest
from django.db import connections

from console.accounts.models import SignInFailure
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, Conflict
from console.core.verbs import operation_name, verb


@verb(needs=Role.DEPLOYER)
def create_thing(actor: Actor, *, name: str, then: Exception | None = None) -> str:
    SignInFailure.objects.create(username=name, source_ip="")
    if then is not None:
        raise then
    return name


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_it_includes(role: Role):
    actor = Actor("ada", role)
    if role >= Role.DEPLOYER:
        assert create_thing(actor, name="a") == "a"
        return
    with pytest.raises(AccessDenied, match="User: ada is not authorized to perform: CreateThing"):
        create_thing(actor, name="a")


@pytest.mark.django_db
def test_nothing_stays_of_a_verb_that_raises():
    with pytest.raises(RuntimeError):
        create_thing(Actor("ada", Role.ADMIN), name="a", then=RuntimeError())
    assert not SignInFailure.objects.exists()


@pytest.mark.parametrize(
    ("function", "operation"),
    [("create_rest_api", "CreateRestApi"), ("put_method", "PutMethod"), ("get_sdk_types", "GetSdkTypes")],
)
def test_a_function_s_name_is_aws_s_in_snake_case(function: str, operation: str):
    assert operation_name(function) == operation


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_a_lock_is_told_to_try_again():
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4711)")
            with pytest.raises(Conflict, match="due to concurrent modification"):
                wait_for_the_other(Actor("ada", Role.ADMIN))
    finally:
        other.close()


@verb(needs=Role.VIEWER)
def wait_for_the_other(actor: Actor) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        cursor.execute("SELECT pg_advisory_xact_lock(4711)")
