import pytest
from django.conf import LazySettings

from console.access.services import create_api_key, create_usage_plan, create_usage_plan_key
from console.core.faults import LimitExceeded
from tests.console.stages.drawn import DEPLOYER

pytestmark = pytest.mark.django_db


def test_keys_and_plans_have_limits(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "api_keys": 1, "usage_plans": 1}
    create_api_key(DEPLOYER)
    create_usage_plan(DEPLOYER, name="gold")
    with pytest.raises(LimitExceeded, match="Maximum number of API keys for this account has been reached"):
        create_api_key(DEPLOYER)
    with pytest.raises(LimitExceeded, match="Maximum number of usage plans for this account has been reached"):
        create_usage_plan(DEPLOYER, name="silver")


def test_a_key_s_plans_have_a_limit(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "usage_plans_per_api_key": 1}
    key, plans = create_api_key(DEPLOYER), [create_usage_plan(DEPLOYER, name=name) for name in ("gold", "silver")]
    create_usage_plan_key(DEPLOYER, usage_plan_id=plans[0].pk, key_id=key.pk, key_type="API_KEY")
    with pytest.raises(LimitExceeded, match="Maximum number of usage plans for this API key has been reached"):
        create_usage_plan_key(DEPLOYER, usage_plan_id=plans[1].pk, key_id=key.pk, key_type="API_KEY")
