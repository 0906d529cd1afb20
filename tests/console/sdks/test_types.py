"""GetSdkTypes, GetSdkType, and the parameters of each. Source: botocore, GetSdk."""

import subprocess

import pytest

from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.sdks import services
from console.sdks.services import generator
from console.sdks.services.types import TYPES, options, values

VIEWER = Actor(name="vera", role=Role.VIEWER)

pytestmark = pytest.mark.django_db


def test_awss_six_types_are_there_with_what_botocore_says_they_require():
    required = {kind.id: {each.name for each in kind.properties if each.required} for kind in TYPES.values()}
    assert required["javascript"] == set()
    assert required["objectivec"] == required["swift"] == {"classPrefix"}
    assert required["android"] == {"groupId", "artifactId", "artifactVersion", "invokerPackage"}
    assert required["java"] == {"serviceName", "javaPackageName"}
    assert required["ruby"] == {"service.name"}


def test_more_languages_than_awss_are_there():
    assert set(TYPES) >= {"python", "kotlin", "go", "typescript", "csharp", "php", "rust", "dart"}


def test_the_list_is_paged():
    found, position = [], None
    while not found or position:
        page = services.get_sdk_types(VIEWER, limit=5, position=position)
        assert len(page.items) <= 5
        found += [kind.id for kind in page.items]
        position = page.position
    assert found == sorted(TYPES)


@pytest.mark.parametrize("given", [{"limit": 0}, {"position": "cobol"}])
def test_a_page_that_nobody_gave_is_refused(given):
    with pytest.raises(BadRequest):
        services.get_sdk_types(VIEWER, **given)


def test_a_type_that_nobody_knows_is_not_found():
    with pytest.raises(NotFound, match="cobol"):
        services.get_sdk_type(VIEWER, id="cobol")


def test_names_of_parameters_are_taken_in_either_of_awss_spellings():
    assert values(TYPES["ruby"], {"service.name": "Pets"}) == {"service.name": "Pets", "ruby.gem-version": "1.0.0"}
    chosen = values(TYPES["java"], {"service.name": "Pets", "java.package-name": "com.example.pets"})
    assert chosen["serviceName"] == "Pets"
    assert options(TYPES["java"], chosen) == {
        "invokerPackage": "com.example.pets",
        "apiPackage": "com.example.pets.api",
        "modelPackage": "com.example.pets.model",
        "artifactVersion": "1.0.0",
    }


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("java", {"serviceName": "Pets"}, "javaPackageName is required"),
        ("javascript", {"colour": "red"}, "Unknown parameter of the SDK type javascript: colour"),
        ("python", {"packageName": "../../etc"}, "Invalid value of packageName"),
        ("python", {"packageVersion": "1..2"}, "Invalid value of packageVersion"),
        ("ruby", {"service.name": "Pets2"}, "Invalid value of service.name"),
        ("typescript", {"packageName": "@a/../../b"}, "Invalid value of packageName"),
    ],
)
def test_what_could_not_be_source_code_is_refused(kind, given, said):
    with pytest.raises(BadRequest, match=said):
        values(TYPES[kind], given)


def test_the_generator_knows_every_one_of_them():
    listed = subprocess.run([*generator.java(), "list", "--short", "--include", "all"], capture_output=True, text=True)
    assert {kind.generator for kind in TYPES.values()} <= set(listed.stdout.strip().split(","))
