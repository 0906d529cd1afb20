from django.http import QueryDict

from console.core.faults import BadRequest, Conflict
from console.core.forms import Form, MapField, patch_operations
from console.core.patch import PatchOperation, read


class Shelf(Form):
    books = MapField()


def sent(*pairs: tuple[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.setlist("books.key", [key for key, _ in pairs])
    data.setlist("books.value", [value for _, value in pairs])
    return data


def test_rows_of_name_and_value_are_a_map_and_empty_rows_are_none():
    form = Shelf(sent(("emma", "1815"), ("", ""), (" persuasion ", "1817")))
    assert form.is_valid()
    assert form.values() == {"books": {"emma": "1815", "persuasion": "1817"}}


def test_a_value_without_a_name_is_refused_and_stays():
    form = Shelf(sent(("", "1815")))
    assert not form.is_valid()
    assert 'value="1815"' in str(form["books"])


def test_a_refusal_stands_at_the_field_it_names_whatever_the_form_of_the_name():
    for said in ("books", "/books/emma", "books/emma"):
        form = Shelf(sent(("emma", "1815")))
        form.is_valid()
        form.refuse(BadRequest("no", field=said))
        assert form.errors == {"books": ["no"]}


def test_a_refusal_of_something_else_stands_at_the_form():
    form = Shelf(sent())

    def verb(actor, **values):
        raise Conflict("taken", field="shelfId")

    assert form.act(verb, None) is None
    assert form.non_field_errors() == ["taken"]


def test_patches_lead_from_one_state_to_the_other():
    before = {"name": "a", "on": False, "size": None, "map": {"a/b": "1", "c": "2"}, "list": ["x", "y"]}
    after = {"name": "a", "on": True, "size": 0, "map": {"a/b": "3", "d": "4"}, "list": ["y", "z"]}
    assert patch_operations(before, after) == [
        {"op": "replace", "path": "/on", "value": "true"},
        {"op": "replace", "path": "/size", "value": "0"},
        {"op": "remove", "path": "/map/c"},
        {"op": "replace", "path": "/map/a~1b", "value": "3"},
        {"op": "add", "path": "/map/d", "value": "4"},
        {"op": "remove", "path": "/list/x"},
        {"op": "add", "path": "/list/z"},
    ]
    assert patch_operations(before, {"list": ["y", "z"]}, valued={"list"}) == [
        {"op": "remove", "path": "/list", "value": "x"},
        {"op": "add", "path": "/list", "value": "z"},
    ]


def test_patches_are_what_verbs_read():
    (operation,) = read(patch_operations({"x": "1"}, {"x": ""}), shape="updateThingInput")
    assert operation == PatchOperation("replace", "/x", "")
