import pytest
from django.conf import LazySettings
from django.db import connections

from console.accounts.models import User
from console.core.faults import LimitExceeded
from console.core.limits import refuse_more
from console.settings import AWS_LIMITS, limits


@pytest.mark.django_db
def test_one_more_is_refused_when_the_limit_is_reached(settings: LazySettings) -> None:
    settings.LIMITS = {"api_keys": 1}
    refuse_more("api_keys", User.objects.all(), "users")
    User.objects.create_user("ada")
    with pytest.raises(LimitExceeded) as refused:
        refuse_more("api_keys", User.objects.all(), "users")
    assert refused.value.message == (
        "Maximum number of users for this account has been reached. Whoever runs Stagedoor can raise it: "
        "api_keys in STAGEDOOR_LIMITS, 1 now."
    )


@pytest.mark.django_db
def test_whoever_counts_is_alone_until_the_transaction_ends() -> None:
    refuse_more("api_keys", User.objects.none(), "users")
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            for limit, free in (("api_keys", False), ("vpc_links", True)):
                cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"stagedoor.limits.{limit}"])
                assert cursor.fetchone() == (free,)
    finally:
        other.close()


def test_limits_are_aws_s_unless_they_are_set() -> None:
    assert limits("") == AWS_LIMITS
    assert limits("vpc_links=3, api_keys=20") == {**AWS_LIMITS, "vpc_links": 3, "api_keys": 20}


@pytest.mark.parametrize("given", ["nosuch=1", "api_keys", "api_keys=many", "api_keys=-1"])
def test_what_is_no_limit_is_said_in_one_sentence(given: str) -> None:
    with pytest.raises(SystemExit, match="which is no limit: write name=number"):
        limits(given)
