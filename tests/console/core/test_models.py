import pytest
from django.core.exceptions import ValidationError

from console.apis.models import Resource, RestApi
from console.core.faults import BadRequest
from console.core.models import bad_request

pytestmark = pytest.mark.django_db


def test_a_row_is_checked_before_it_is_written():
    with pytest.raises(BadRequest, match="Invalid value for apiKeySource: ") as refused:
        RestApi(name="pets", endpoint_types=["REGIONAL"], api_key_source="NOWHERE").put()
    assert refused.value.field == "apiKeySource"
    assert not RestApi.objects.exists()


def test_only_the_named_fields_are_written():
    api = RestApi(name="pets", endpoint_types=["REGIONAL"])
    api.put()
    api.name, api.description = "cats", "all of them"
    api.put(fields=["description"])
    api.refresh_from_db()
    assert (api.name, api.description) == ("pets", "all of them")


def test_a_check_asks_nothing_of_the_database(django_assert_num_queries):
    api = RestApi(name="pets", endpoint_types=["REGIONAL"])
    api.put()
    root = Resource(rest_api=api, path="/")
    with django_assert_num_queries(1):
        root.put(fields=None)


def test_a_refusal_of_the_whole_row_names_no_field():
    fault = bad_request(ValidationError("both cannot be"))
    assert (fault.message, fault.field) == ("both cannot be", "")
    assert bad_request(ValidationError({"__all__": ["neither"]})).message == "neither"
