"""What can be done with API keys, usage plans and their keys, and the account: one function per AWS operation."""

from console.access.services.account import get_account, update_account
from console.access.services.api_keys import create_api_key, delete_api_key, get_api_key, get_api_keys, update_api_key
from console.access.services.import_api_keys import ImportedKeys, import_api_keys
from console.access.services.rotation import rotate_api_key
from console.access.services.searches import (
    search_api_keys,
    search_keys_to_add,
    search_stages_to_add,
    search_usage_plan_keys,
    search_usage_plans,
)
from console.access.services.standings import Standing, standings
from console.access.services.usage import Usage, get_usage, update_usage
from console.access.services.usage_days import used_by_day
from console.access.services.usage_plan_keys import (
    create_usage_plan_key,
    delete_usage_plan_key,
    get_usage_plan_key,
    get_usage_plan_keys,
)
from console.access.services.usage_plans import (
    create_usage_plan,
    delete_usage_plan,
    find_usage_plan,
    get_usage_plan,
    get_usage_plans,
    refuse_unless_deployer,
    shown_to,
    update_usage_plan,
)
from console.access.services.usage_reports import Recorded, Use, count_usage, prune_reports

__all__ = [
    "ImportedKeys",
    "Recorded",
    "Standing",
    "Usage",
    "Use",
    "count_usage",
    "create_api_key",
    "create_usage_plan",
    "create_usage_plan_key",
    "delete_api_key",
    "delete_usage_plan",
    "delete_usage_plan_key",
    "find_usage_plan",
    "get_account",
    "get_api_key",
    "get_api_keys",
    "get_usage",
    "get_usage_plan",
    "get_usage_plan_key",
    "get_usage_plan_keys",
    "get_usage_plans",
    "import_api_keys",
    "prune_reports",
    "refuse_unless_deployer",
    "rotate_api_key",
    "search_api_keys",
    "search_keys_to_add",
    "search_stages_to_add",
    "search_usage_plan_keys",
    "search_usage_plans",
    "shown_to",
    "standings",
    "update_account",
    "update_api_key",
    "update_usage",
    "update_usage_plan",
    "used_by_day",
]
