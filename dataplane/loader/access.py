"""Who may call, as it is put together of changes: the whole set, or None where no console has told it yet."""

from dataplane.snapshot import Access, ApiKey, UsagePlan


def merged(known: Access | None, news: Access, *, whole: bool) -> Access:
    """The whole set with its counts as they were told, so that `fits` can tell whether something was missed."""
    keys: dict[str, ApiKey] = {}
    plans: dict[str, UsagePlan] = {}
    if known is not None and not whole:
        keys.update({key.id: key for key in known.keys})
        plans.update({plan.id: plan for plan in known.plans})
    for key_id in news.removed_keys:
        keys.pop(key_id, None)
    for plan_id in news.removed_plans:
        plans.pop(plan_id, None)
    keys.update({key.id: key for key in news.keys})
    plans.update({plan.id: plan for plan in news.plans})
    return Access(
        key_count=news.key_count,
        plan_count=news.plan_count,
        keys=tuple(keys.values()),
        plans=tuple(plans.values()),
        account=news.account,
    )


def fits(whole: Access) -> bool:
    return (whole.key_count, whole.plan_count) == (len(whole.keys), len(whole.plans))


def is_change(known: Access | None, news: Access) -> bool:
    return known is None or bool(
        news.keys or news.plans or news.removed_keys or news.removed_plans or news.account != known.account
    )


def account_text(known: Access | None) -> str:
    """As the console is told which limits of the account are known: "10000,5000"."""
    account = None if known is None else known.account
    return "" if account is None else f"{account.rate_limit:.0f},{account.burst_limit}"
