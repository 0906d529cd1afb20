"""Wildcards. Source: IAM user guide, "IAM JSON policy elements: Resource"; developer guide, "Resource format"."""

import pytest

from dataplane.policy.match import any_of, glob

ARN = "arn:aws:execute-api:us-east-1:123456789012:abc1234567/dev/GET/pets/7"


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("*", True),
        ("arn:aws:execute-api:*:*:*", True),  # any path of any stage of any API in any region
        ("arn:aws:execute-api:us-east-1:*:*", True),
        ("arn:aws:execute-api:us-east-1:*:abc1234567/dev/*", True),
        ("arn:aws:execute-api:us-east-1:*:abc1234567/*/GET/pets/?", True),
        ("arn:aws:execute-api:us-east-1:*:abc1234567/*/GET/pets/??", False),
        ("arn:aws:execute-api:us-east-1:*:abc1234567/dev/GET/pets", False),
        ("arn:aws:execute-api:us-east-1:*:abc1234567/dev/get/pets/7", False),
        ("arn.aws.execute-api.*", False),
        ("", False),
    ],
)
def test_a_pattern_matches_a_whole_arn_or_not(pattern: str, matches: bool) -> None:
    assert bool(glob(pattern).fullmatch(ARN)) is matches
    assert bool(any_of([pattern])(ARN)) is matches
    assert bool(any_of([pattern, "no"])(ARN)) is matches


def test_a_line_break_is_a_character() -> None:
    assert any_of(["a*b"])("a\nb")


def test_signs_of_regular_expressions_are_signs() -> None:
    assert any_of(["a.b|c", "x"])("a.b|c")
    assert not any_of(["a.b|c", "x"])("c")
