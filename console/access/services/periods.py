"""When a quota's period begins. Days are those of UTC.

Source: CloudFormation's guide, AWS::ApiGateway::UsagePlan QuotaSettings: the offset is the day on which a period
starts; a week of offset 0 on Sunday, a month of offset 0 on its first day.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

_LONGEST = 31  # days of a period


def begins(quota: Mapping[str, Any], day: dt.date) -> bool:
    if quota["period"] == "WEEK":
        return day.isoweekday() % 7 == int(quota["offset"])
    if quota["period"] == "MONTH":
        return day.day == int(quota["offset"]) + 1
    return True


def beginning(quota: Mapping[str, Any], day: dt.date) -> dt.date:
    """The first day of the period in which `day` is."""
    before = (dt.date.fromordinal(day.toordinal() - back) for back in range(_LONGEST))
    return next(one for one in before if begins(quota, one))


def next_beginning(quota: Mapping[str, Any], day: dt.date) -> dt.date:
    """The first day of the period after the one in which `day` is."""
    after = (dt.date.fromordinal(day.toordinal() + ahead) for ahead in range(1, _LONGEST + 1))
    return next(one for one in after if begins(quota, one))
