"""The types of SDKs: AWS's six, with AWS's parameters, and more.

Source: botocore, GetSdk; developer guide, "Generate SDKs for an API" (the pages of each platform).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.paging import DEFAULT_LIMIT, Page
from console.core.verbs import verb

# What a value may be: it becomes part of source code and of paths.
WORD = r"[A-Za-z][A-Za-z0-9_]{0,99}"
LETTERS = r"[A-Za-z]{1,100}"
NAME = r"[A-Za-z0-9@][A-Za-z0-9_.@/-]{0,199}"
PACKAGE = r"[A-Za-z_]\w{0,99}(\.[A-Za-z_]\w{0,99}){0,19}"
VERSION = r"[0-9][A-Za-z0-9.+-]{0,49}"
BUILD = r"maven|gradle"


@dataclass(frozen=True, slots=True)
class SdkProperty:
    """`options` are the generator's own names of it, each with what follows the value there."""

    name: str
    friendly_name: str
    description: str
    pattern: str = NAME
    required: bool = False
    default: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SdkType:
    id: str
    friendly_name: str
    description: str
    generator: str
    properties: tuple[SdkProperty, ...] = ()
    names_client: str = ""  # the property that names the client's class


def _property(name: str, friendly: str, description: str, pattern: str, *options: str, **more: Any) -> SdkProperty:
    pairs = [option.partition("+")[::2] for option in options]
    return SdkProperty(name, friendly, description, pattern, options=tuple(pairs), **more)


def _class_prefix(option: str) -> SdkProperty:
    return _property(
        "classPrefix", "Prefix", "What the names of generated classes begin with.", WORD, option, required=True
    )


_JAVA = (
    _property("serviceName", "Service Name", "The name of the client's class.", WORD, required=True),
    _property(
        "javaPackageName",
        "Java Package Name",
        "The package of the generated classes.",
        PACKAGE,
        *("invokerPackage", "apiPackage+.api", "modelPackage+.model"),
        required=True,
    ),
    _property("javaBuildSystem", "Java Build System", "maven or gradle: the project has the files of both.", BUILD),
    _property("javaGroupId", "Java Group Id", "The group id of the project.", PACKAGE, "groupId"),
    _property("javaArtifactId", "Java Artifact Id", "The artifact id of the project.", NAME, "artifactId"),
    _property(
        "javaArtifactVersion", "Java Artifact Version", "Its version.", VERSION, "artifactVersion", default="1.0.0"
    ),
)
_ANDROID = (
    _property("groupId", "Group ID", "The group id of the project.", PACKAGE, "groupId", required=True),
    _property(
        "invokerPackage",
        "Invoker package",
        "The package of the generated classes.",
        PACKAGE,
        *("invokerPackage", "apiPackage+.api", "modelPackage+.model"),
        required=True,
    ),
    _property("artifactId", "Artifact ID", "The artifact id of the project.", NAME, "artifactId", required=True),
    _property("artifactVersion", "Artifact version", "Its version.", VERSION, "artifactVersion", required=True),
)
_RUBY = (
    _property("service.name", "Service Name", "The namespace of the gem.", LETTERS, "moduleName", required=True),
    _property("ruby.gem-name", "Ruby Gem Name", "The name of the gem.", NAME, "gemName"),
    _property(
        "ruby.gem-version", "Ruby Gem Version", "The version of the gem.", VERSION, "gemVersion", default="1.0.0"
    ),
)


def _package(pattern: str, option: str, default: str) -> SdkProperty:
    return _property("packageName", "Package name", "The name of the package.", pattern, option, default=default)


def _version(option: str = "packageVersion") -> SdkProperty:
    return _property(
        "packageVersion", "Package version", "The version of the package.", VERSION, option, default="1.0.0"
    )


TYPES = {
    each.id: each
    for each in (
        SdkType("android", "Android", "Client SDK for Android, in Java", "android", _ANDROID),
        SdkType("java", "Java", "Client SDK for Java", "java", _JAVA, names_client="serviceName"),
        SdkType("javascript", "JavaScript", "Client SDK for JavaScript", "javascript"),
        SdkType(
            "objectivec",
            "iOS (Objective-C)",
            "Client SDK for iOS, in Objective-C",
            "objc",
            (_class_prefix("classPrefix"),),
        ),
        SdkType("ruby", "Ruby", "Client SDK for Ruby", "ruby", _RUBY),
        SdkType("swift", "iOS (Swift)", "Client SDK for iOS, in Swift", "swift6", (_class_prefix("apiNamePrefix"),)),
        # What AWS has not.
        SdkType(
            "csharp", "C#", "Client SDK for .NET", "csharp", (_package(PACKAGE, "packageName", "ApiClient"), _version())
        ),
        SdkType(
            "dart",
            "Dart",
            "Client SDK for Dart",
            "dart",
            (_package(WORD, "pubName", "api_client"), _version("pubVersion")),
        ),
        SdkType("go", "Go", "Client SDK for Go", "go", (_package(LETTERS, "packageName", "apiclient"), _version())),
        SdkType(
            "kotlin", "Kotlin", "Client SDK for Kotlin", "kotlin", (_package(PACKAGE, "packageName", "api.client"),)
        ),
        SdkType("php", "PHP", "Client SDK for PHP", "php", (_package(WORD, "invokerPackage", "ApiClient"),)),
        SdkType(
            "python",
            "Python",
            "Client SDK for Python",
            "python",
            (_package(PACKAGE, "packageName", "api_client"), _version()),
        ),
        SdkType(
            "rust", "Rust", "Client SDK for Rust", "rust", (_package(WORD, "packageName", "api_client"), _version())
        ),
        SdkType(
            "typescript",
            "TypeScript",
            "Client SDK for TypeScript",
            "typescript-fetch",
            (_package(NAME, "npmName", "api-client"), _version("npmVersion")),
        ),
    )
}


@verb(needs=Role.VIEWER)
def get_sdk_types(actor: Actor, *, position: str | None = None, limit: int | None = None) -> Page[SdkType]:
    ids = sorted(TYPES)
    size = DEFAULT_LIMIT if limit is None else limit
    if size < 1:
        raise BadRequest("Invalid limit specified", field="limit")
    if position and position not in TYPES:
        raise BadRequest("Invalid position parameter", field="position")
    rest = [each for each in ids if not position or each > position]
    return Page([TYPES[each] for each in rest[:size]], rest[size - 1] if len(rest) > size else None)


@verb(needs=Role.VIEWER)
def get_sdk_type(actor: Actor, *, id: str) -> SdkType:
    return find_sdk_type(id)


def find_sdk_type(id: str) -> SdkType:
    if id not in TYPES:
        raise NotFound(f"Invalid SDK type identifier specified: {id}", field="id")
    return TYPES[id]


def values(kind: SdkType, parameters: Mapping[str, str]) -> dict[str, str]:
    """What was chosen, by AWS's names, which are taken in any spelling: `service.name` is `serviceName`.

    Raises BadRequest.
    """
    known = {_plain(each.name): each for each in kind.properties}
    unknown = sorted(name for name in parameters if _plain(name) not in known)
    if unknown:
        raise BadRequest(f"Unknown parameter of the SDK type {kind.id}: {', '.join(unknown)}", field="parameters")
    given = {known[_plain(name)].name: value for name, value in parameters.items()}
    chosen = {each.name: given.get(each.name) or each.default for each in kind.properties}
    for each in kind.properties:
        _check(kind, each, chosen[each.name])
    return {name: value for name, value in chosen.items() if value}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _check(kind: SdkType, known: SdkProperty, value: str) -> None:
    if known.required and not value:
        raise BadRequest(f"Parameter {known.name} is required for the SDK type {kind.id}", field="parameters")
    if value and (".." in value or not re.fullmatch(known.pattern, value, re.ASCII)):
        raise BadRequest(f"Invalid value of {known.name}: {value}", field="parameters")


def options(kind: SdkType, chosen: Mapping[str, str]) -> dict[str, str]:
    """The generator's own properties."""
    return {
        option: chosen[each.name] + suffix
        for each in kind.properties
        if each.name in chosen
        for option, suffix in each.options
    }
