import pytest

from console.core import patch
from console.core.faults import BadRequest, ValidationFault
from console.core.patch import PatchOperation, Rule


def apply(operations: list[dict], *rules: tuple[str, tuple[str, ...]]) -> list[tuple[PatchOperation, dict]]:
    seen: list[tuple[PatchOperation, dict]] = []

    def note(operation: PatchOperation, **segments: str) -> None:
        seen.append((operation, segments))

    patch.apply(patch.read(operations, shape="updateThingInput"), [Rule(path, ops, note) for path, ops in rules])
    return seen


def test_an_operation_reaches_the_rule_of_its_path():
    seen = apply([{"op": "replace", "path": "/name", "value": "b"}], ("/name", ("replace",)))
    assert seen == [(PatchOperation("replace", "/name", "b", None), {})]


def test_copy_and_move_say_where_from():
    seen = apply(
        [{"op": "copy", "path": "/deploymentId", "from": "/canarySettings/deploymentId"}], ("/deploymentId", ("copy",))
    )
    assert seen[0][0].from_ == "/canarySettings/deploymentId"


def test_a_segment_is_handed_on_unescaped():
    """RFC 6901: ~1 first, then ~0, so that ~01 is ~1."""
    rules = ("/binaryMediaTypes/{type}", ("add",))
    seen = apply(
        [{"op": "add", "path": "/binaryMediaTypes/image~1png"}, {"op": "add", "path": "/binaryMediaTypes/~01"}], rules
    )
    assert [segments["type"] for _, segments in seen] == ["image/png", "~1"]


@pytest.mark.parametrize("segment", ["image/png", "~", "~1", "/", "a~0b/c"])
def test_escaping_is_undone_by_unescaping(segment: str):
    assert patch.unescape(patch.escape(segment)) == segment
    assert "/" not in patch.escape(segment)


def test_a_template_may_name_several_segments():
    rule = ("/{resource}/{method}/throttling/burstLimit", ("replace",))
    seen = apply([{"op": "replace", "path": "/~1pets~1{id}/GET/throttling/burstLimit", "value": "1"}], rule)
    assert seen[0][1] == {"resource": "/pets/{id}", "method": "GET"}


@pytest.mark.parametrize("path", ["/pets/{id}/GET/metrics/enabled", "/~1pets~1{id}/GET/metrics/enabled"])
def test_a_part_of_a_template_may_stand_for_several_segments(path: str):
    [(_, segments)] = apply([{"op": "add", "path": path}], ("/{resource+}/{method}/metrics/enabled", ("add",)))
    assert (segments["resource"].lstrip("/"), segments["method"]) == ("pets/{id}", "GET")


def test_the_first_rule_that_matches_is_taken():
    seen = apply([{"op": "add", "path": "/a/b"}], ("/a/b", ("add",)), ("/a/{any}", ("add",)))
    assert seen[0][1] == {}


def test_operations_are_applied_in_their_order():
    sent = [{"op": "add", "path": "/x/1"}, {"op": "remove", "path": "/x/1"}, {"op": "add", "path": "/x/2"}]
    assert [operation.op for operation, _ in apply(sent, ("/x/{n}", ("add", "remove")))] == ["add", "remove", "add"]


@pytest.mark.parametrize(
    "path", ["/nonsense", "name", "", "/name/", "/variables", "/variables/", "/variables/a/b", "/Name"]
)
def test_an_unknown_path_is_told_with_those_that_the_operation_knows(path: str):
    rules = ("/name", ("replace",)), ("/variables/{name}", ("replace", "remove")), ("/canary", ("remove",))
    with pytest.raises(BadRequest) as refused:
        apply([{"op": "replace", "path": path, "value": "a"}], *rules)
    assert refused.value.message == (
        f"Invalid patch path '{path}' specified for op 'replace'. Must be one of: [/name, /variables/{{name}}]"
    )
    assert refused.value.field == path


def test_an_operation_that_a_path_does_not_know_is_told_with_those_that_it_does():
    with pytest.raises(BadRequest) as refused:
        apply([{"op": "add", "path": "/minimumCompressionSize"}], ("/minimumCompressionSize", ("replace",)))
    assert refused.value.message == "Invalid patch operation specified. Must be one of: [replace]"


def test_an_unknown_operation_is_a_validation_exception():
    with pytest.raises(ValidationFault) as refused:
        apply([{"op": "add", "path": "/name"}, {"op": "fix", "path": "/name"}], ("/name", ("add",)))
    assert refused.value.message == (
        "1 validation error detected: Value 'fix' at 'updateThingInput.patchOperations.2.member.op' failed to satisfy "
        "constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
    )


def test_all_unknown_operations_are_told_at_once():
    with pytest.raises(
        ValidationFault, match=r"2 validation errors detected: Value 'fix' at .*; Value null at '\S+\.2\."
    ):
        apply([{"op": "fix", "path": "/a"}, {"path": "/b"}])


def test_nothing_is_applied_when_one_of_them_is_unknown():
    seen: list[str] = []
    rule = Rule("/name", ("add",), lambda operation: seen.append(operation.path))
    with pytest.raises(ValidationFault):
        patch.apply(patch.read([{"op": "add", "path": "/name"}, {"op": "fix"}], shape="x"), [rule])
    assert seen == []


def test_no_operations_are_no_work():
    assert apply([]) == []
    assert patch.read(None, shape="x") == []
