import pytest

from console.core.faults import BadRequest, LimitExceeded
from console.core.tags import checked


def test_letters_digits_spaces_and_a_few_signs_make_a_tag() -> None:
    tags = {"cost centre": "a+b-c=d.e_f:g/h@i", "größe": "", "k" * 128: "v" * 256}
    assert checked(tags) == tags and checked(None) == {}


@pytest.mark.parametrize("key", ["", "k" * 129, "aws:owner", "AWS:owner", "a*b", "<script>"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadRequest, match="Invalid tag key specified"):
        checked({key: "x"})


@pytest.mark.parametrize("value", ["v" * 257, "a;b"])
def test_what_is_no_value_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="Invalid tag value specified"):
        checked({"key": value})


def test_fifty_tags_are_the_most() -> None:
    many = {str(number): "" for number in range(51)}
    with pytest.raises(LimitExceeded, match="Maximum number of tags for this resource has been reached"):
        checked(many)
    assert len(checked(dict(list(many.items())[:50]))) == 50
