"""Source: behaviours 1-8 and the developer guide, "API Gateway resource path matching"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.router import RouteError, Router


def routed(*paths: str) -> Router[str]:
    return Router((path, {"GET": path}) for path in paths)


def found(router: Router[str], path: str) -> tuple[str, dict[str, str]] | None:
    match = router.match(path)
    return None if match is None else (match[0]["GET"], match[1])


def test_a_literal_beats_a_parameter_which_beats_a_greedy_one() -> None:
    router = routed("/pets/list", "/pets/{id}", "/pets/{id}/{proxy+}", "/{proxy+}")
    assert found(router, "/pets/list") == ("/pets/list", {})
    assert found(router, "/pets/7") == ("/pets/{id}", {"id": "7"})
    assert found(router, "/pets/7/toys/1") == ("/pets/{id}/{proxy+}", {"id": "7", "proxy": "toys/1"})
    assert found(router, "/shops") == ("/{proxy+}", {"proxy": "shops"})


def test_where_the_more_literal_branch_ends_in_nothing_the_next_one_is_tried() -> None:
    router = routed("/a/b/c", "/a/{x}/d", "/{proxy+}")
    assert found(router, "/a/b/d") == ("/a/{x}/d", {"x": "b"})
    assert found(router, "/a/b/e") == ("/{proxy+}", {"proxy": "a/b/e"})


def test_a_resource_without_methods_does_not_shadow_a_greedy_sibling() -> None:
    router = Router([("/a", {}), ("/{proxy+}", {"GET": "greedy"})])
    assert router.match("/a") == ({"GET": "greedy"}, {"proxy": "a"})


@pytest.mark.parametrize("path", ["/pets", "/pets/", "//pets"])
def test_a_trailing_slash_and_repeated_leading_ones_do_not_count(path: str) -> None:
    assert found(routed("/pets"), path) == ("/pets", {})


def test_the_root_is_a_resource_like_any_other() -> None:
    assert found(routed("/"), "/") == ("/", {})
    assert found(routed("/pets"), "/") is None


def test_an_encoded_slash_is_not_a_slash_and_parameters_come_as_they_were_sent() -> None:
    assert found(routed("/pets/{id}"), "/pets/a%2Fb") == ("/pets/{id}", {"id": "a%2Fb"})


def test_a_greedy_value_excludes_the_trailing_slash() -> None:
    assert found(routed("/{proxy+}"), "/a/b/") == ("/{proxy+}", {"proxy": "a/b"})


def test_an_empty_segment_is_no_value_of_a_parameter() -> None:
    assert found(routed("/a/{x}/b"), "/a//b") is None


@pytest.mark.parametrize(
    "paths",
    [("/{a}", "/{b}"), ("/{proxy+}/after",), ("/{a+}", "/{b+}"), ("/pets", "/pets/")],
)
def test_resources_that_no_request_could_tell_apart_are_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(RouteError):
        routed(*paths)


segment = st.sampled_from(["a", "b", "c", "{x}"])
paths = st.lists(st.lists(segment, min_size=1, max_size=4).map(lambda s: "/" + "/".join(s)), unique=True, max_size=12)


@given(paths, st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4))
def test_every_match_is_one_that_fits_and_the_most_literal_of_those(routes: list[str], request: list[str]) -> None:
    def fits(route: str) -> bool:
        parts = route.strip("/").split("/")
        return len(parts) == len(request) and all(p in ("{x}", r) for p, r in zip(parts, request, strict=True))

    fitting = sorted((r for r in routes if fits(r)), key=lambda r: [part == "{x}" for part in r.split("/")])
    match = found(routed(*routes), "/" + "/".join(request))
    assert (match[0] if match else None) == (fitting[0] if fitting else None)
