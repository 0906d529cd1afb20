"""Whatever stands where something else should: a document is imported or refused in words; nothing breaks."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.apis import services
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from tests.console.apis.test_extensions import TestPut as Put

GUARDED = Put.FIRST
HERE = Path(__file__).parent / "documents"
DOCUMENTS = [
    yaml.safe_load((HERE / "petstore.yaml").read_text()),
    json.loads((HERE / "petstore.json").read_text()),
    json.loads(GUARDED),
]
DORA = Actor(name="dora", role=Role.DEVELOPER)

_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300)
_strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    _texts,
    st.sampled_from(
        ["", "#/", "#/definitions/Pet", "#/components/schemas/Pet", "http://{", "'", "${stageVariables.x}"]
    ),
    st.lists(_texts, max_size=2),
    st.dictionaries(_texts, _texts | st.none() | st.lists(st.none()), max_size=2),
    st.fixed_dictionaries({"$ref": _texts | st.sampled_from(["#", "#/paths", "#/components/parameters/page"])}),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, each in inner for place in places(each, (*at, key)))]


PLACES = [(number, place) for number, document in enumerate(DOCUMENTS) for place in places(document) if place]


def mutilated(number: int, place: tuple[Any, ...], strange: Any, *, rename: bool) -> Any:
    document = copy.deepcopy(DOCUMENTS[number])
    holder = document
    for key in place[:-1]:
        holder = holder[key]
    if rename and isinstance(holder, dict):
        holder[str(strange)] = holder.pop(place[-1])
    else:
        holder[place[-1]] = strange
    return document


@pytest.mark.django_db
@pytest.mark.usefixtures("unlimited")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), _strange, st.booleans(), st.sampled_from(["ignore", "prepend", "split"]))
def test_a_mutilated_document_is_imported_or_refused(where, strange, rename, basepath):
    body = json.dumps(mutilated(*where, strange, rename=rename)).encode()
    try:
        imported = services.import_rest_api(DORA, body=body, parameters={"basepath": basepath})
    except BadRequest as refusal:
        assert refusal.message
    else:
        json.dumps(imported.report)
        assert {line["verdict"] for line in imported.report} <= {"taken", "approximated", "ignored"}
