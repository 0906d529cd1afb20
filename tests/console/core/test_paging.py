import pytest

from console.accounts.models import SignInFailure, User
from console.core.faults import BadRequest
from console.core.paging import DEFAULT_LIMIT, MAX_LIMIT, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def users() -> list[str]:
    names = [f"user{number:03}" for number in range(30)]
    User.objects.bulk_create(User(username=name) for name in names)
    return names


def names(position: str | None = None, limit: int | None = None) -> tuple[list[str], str | None]:
    found = page(User.objects.all(), order="username", position=position, limit=limit)
    return [user.username for user in found.items], found.position


def test_a_page_has_twenty_five_unless_asked_otherwise(users: list[str]):
    assert names()[0] == users[:DEFAULT_LIMIT]
    assert names(limit=3)[0] == users[:3]


def test_positions_lead_through_everything_once(users: list[str]):
    seen, position = names(limit=7)
    while position:
        more, position = names(position, 7)
        seen += more
    assert seen == users


def test_the_last_page_has_no_position(users: list[str]):
    assert names(limit=30)[1] is None
    assert names(limit=29)[1] is not None


def test_a_row_that_goes_between_two_pages_takes_none_with_it(users: list[str]):
    seen, position = names(limit=7)
    User.objects.filter(username=seen[-1]).delete()
    assert names(position, 7)[0] == users[7:14]


def test_an_empty_list_is_an_empty_page():
    assert names() == ([], None)


def test_a_limit_above_the_greatest_is_the_greatest(users: list[str]):
    assert len(names(limit=MAX_LIMIT + 1)[0]) == 30


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit: int):
    with pytest.raises(BadRequest, match="Invalid limit specified"):
        names(limit=limit)


@pytest.mark.parametrize("position", ["?", "abc", "é", "_w==", "YQ", "YQ==!", "AAA="])
def test_a_position_that_no_page_gave_is_refused(position: str):
    with pytest.raises(BadRequest, match="Invalid position parameter"):
        names(position=position)


def test_a_position_of_another_list_is_refused():
    with pytest.raises(BadRequest, match="Invalid position parameter"):
        page(SignInFailure.objects.all(), order="id", position="dXNlcjAwMQ==", limit=None)


def test_a_page_costs_one_query(users: list[str], django_assert_num_queries):
    with django_assert_num_queries(1):
        names(limit=5)
