"""A document to a drawing: the whole of it, top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass

from console.apis.drawing import DocumentationPartDraft, Drawing, MethodDraft
from console.apis.openapi.documentation import EXTENSION as DOCUMENTATION
from console.apis.openapi.documentation import read_documentation_parts
from console.apis.openapi.gateway_responses import read_gateway_responses
from console.apis.openapi.operations import VERBS, Operations
from console.apis.openapi.options import Options
from console.apis.openapi.report import Line, Report
from console.apis.openapi.request_validators import read_request_validators
from console.apis.openapi.schemas import Models
from console.apis.openapi.security import read_schemes
from console.apis.openapi.settings import base_path, read_settings
from console.apis.openapi.source import Source, check_version
from console.apis.openapi.syntax import parse

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Reading:
    drawing: Drawing
    report: list[Line]
    warnings: list[str]


def read(body: bytes | str, *, rest_api_id: str, options: Options, progress: Progress | None = None) -> Reading:
    """`rest_api_id` is of the API that it will be, since models refer to each other by it. `progress` is told how many
    operations are read, and of how many. Raises BadRequest, with all errors."""
    document = parse(body)
    check_version(document.value)
    report = Report(document)
    source = Source(document, report, rest_api_id)
    settings = read_settings(source)
    models = Models(source)
    models.read()
    paths = source.section(("paths",))
    schemes = read_schemes(source)
    operations = Operations(source, models, schemes, _stepper(paths, progress))
    drawing = Drawing(
        settings=settings,
        request_validators=read_request_validators(source),
        authorizers=[scheme.authorizer for scheme in schemes.values() if scheme.authorizer is not None],
        gateway_responses=read_gateway_responses(source),
        documentation_parts=_documentation(source, options),
    )
    prefix = _prefix(source, options)
    for path, item in paths.items():
        if not path.startswith("x-"):
            _draw(drawing, source, prefix, path, operations.read_path(item, ("paths", path)))
    drawing.models = models.drafts
    report.refuse()
    report.lines.sort(key=lambda line: line["line"] or 0)
    return Reading(drawing, report.lines, report.warnings)


def _documentation(source: Source, options: Options) -> list[DocumentationPartDraft] | None:
    if options.documentation:
        return read_documentation_parts(source)
    if source.at((DOCUMENTATION,)) is not None:
        source.report.ignored((DOCUMENTATION,), "Documentation is ignored, as was asked")
    return None


def read_documentation(body: bytes | str, *, rest_api_id: str) -> tuple[list[DocumentationPartDraft], list[str]]:
    """Only what a document documents, and AWS's warnings. Raises BadRequest."""
    document = parse(body)
    check_version(document.value)
    report = Report(document)
    source = Source(document, report, rest_api_id)
    if source.at((DOCUMENTATION,)) is None:
        report.error((), f"'{DOCUMENTATION}' is missing")
    drafts = read_documentation_parts(source)
    report.refuse()
    return drafts, report.warnings


def _draw(drawing: Drawing, source: Source, prefix: str, path: str, methods: list[MethodDraft]) -> None:
    if not path.startswith("/"):
        source.report.error(("paths", path), f"A path begins with a slash: '{path}'")
        return
    whole = f"{prefix}{path}".rstrip("/") or "/"
    if path != "/" and path.endswith("/"):
        source.report.approximated(("paths", path), f"Taken as '{whole}': a trailing slash does not tell paths apart")
    drawn = drawing.paths.setdefault(whole, [])
    for method in methods:
        if any(other.http_method == method.http_method for other in drawn):
            source.report.error(("paths", path), f"{method.http_method} {whole} is there twice")
        else:
            drawn.append(method)


def _prefix(source: Source, options: Options) -> str:
    base = base_path(source)
    if not base:
        return ""
    pointer = ("basePath",) if source.is_swagger else ("servers",)
    if options.basepath == "prepend":
        source.report.taken(pointer, f"'{base}' is put before every path")
        return base
    if options.basepath == "split":
        first, _, rest = base[1:].partition("/")
        source.report.taken(pointer, f"'/{first}' is left to a stage or a domain, '/{rest}' is put before every path")
        return f"/{rest}" if rest else ""
    source.report.ignored(pointer, f"The base path '{base}' is ignored, as was asked")
    return ""


def _stepper(paths: dict[str, object], progress: Progress | None) -> Callable[[], None]:
    if progress is None:
        return lambda: None
    total = sum(name in VERBS for item in paths.values() if isinstance(item, dict) for name in item)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    progress(0, total)
    return step
