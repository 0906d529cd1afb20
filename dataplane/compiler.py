"""A document and a stage's entry become what is served: every look-up a request would need is done here, once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from sys import intern
from time import monotonic

from dataplane.authorizers.compile import Authorizers
from dataplane.kinds.integration import compile_integration
from dataplane.kinds.kind import Kind
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.mapping.parameters import MappingError
from dataplane.mapping.uri import UriError
from dataplane.mapping.vtl import TemplateError
from dataplane.plan import Plan, Stage
from dataplane.policy.document import PolicyError
from dataplane.router import Methods, RouteError, Router
from dataplane.snapshot import ApiDocument, Method, Resource, StageEntry, unserved
from dataplane.snapshot.method_settings import VERBS, verbs_of
from dataplane.steps.access_log import Lines, compile_access_log
from dataplane.steps.cache import Caches, Caching
from dataplane.steps.compression import Compression, compile_compression
from dataplane.steps.content import BinaryTypes, compile_binary_types, compile_convert
from dataplane.steps.gateway_response import GatewayResponseError, compile_gateway_responses
from dataplane.steps.prepared import Prepared
from dataplane.steps.throttle import compile_throttle
from dataplane.steps.validate import ModelError, Models, compile_validation


class CompileError(Exception):
    """A snapshot that can't be served; the text names the resource, the method and what is wrong with it."""


def do_not_rest() -> None:
    """Where nobody waits meanwhile."""


def compile_stage(
    entry: StageEntry,
    document: ApiDocument,
    canary: ApiDocument | None,
    caches: Caches | None = None,
    access_logs: Lines | None = None,
    clients: Clients | None = None,
    rest: Callable[[], None] = do_not_rest,
) -> Stage:
    """`canary` is the document of `entry.canary`, where there is one; `caches`, `access_logs` and `clients` are the
    worker's own; `rest` is called before each method. Raises CompileError."""
    clients = clients or Clients(Meter(monotonic))
    caching = caches.caching(entry) if caches is not None and entry.cache_enabled else None
    stage = _arm(entry, document, entry.deployment_id, entry.digest, entry.variables, caching, clients, rest)
    stage = replace(stage, access_log=compile_access_log(entry, access_logs))
    arm = entry.canary
    if arm is None or canary is None:
        return stage
    variables = {**entry.variables, **arm.stage_variable_overrides}
    caching = None if caching is None else caching.of_canary(arm, variables)
    other = _arm(entry, canary, arm.deployment_id, arm.digest, variables, caching, clients, rest)
    other = replace(other, access_log=stage.access_log)
    return replace(stage, canary=other, canary_percent=arm.percent_traffic)


@dataclass(frozen=True, slots=True)
class _Api:
    """What the methods of one document share."""

    id: bytes
    entry: StageEntry
    document: ApiDocument
    variables: dict[str, str]
    models: Models
    binary_types: BinaryTypes | None
    compression: Compression | None
    authorizers: Authorizers
    caching: Caching | None
    clients: Clients
    rest: Callable[[], None]


def _arm(
    entry: StageEntry,
    document: ApiDocument,
    deployment_id: str,
    digest: str,
    variables: dict[str, str],
    caching: Caching | None,
    clients: Clients,
    rest: Callable[[], None],
) -> Stage:
    """What serves one deployment with one set of variables: the stage itself, or its canary."""
    try:
        api = _Api(
            document.api_id.encode(),
            entry,
            document,
            variables,
            Models(document),
            compile_binary_types(document.binary_media_types),
            compile_compression(document.minimum_compression_size),
            Authorizers(document, entry, variables),
            caching,
            clients,
            rest,
        )
        router = Router((resource.path, _methods(resource, api)) for resource in document.resources)
        answer_fault = compile_gateway_responses(document)
    except (RouteError, GatewayResponseError, PolicyError) as error:
        raise CompileError(str(error)) from error
    return Stage(
        api_id=entry.api_id,
        stage_name=entry.stage_name,
        deployment_id=deployment_id,
        digest=digest,
        account_id=entry.account_id,
        generation=entry.generation,
        variables=variables,
        cache_generation=entry.cache_generation,
        disable_execute_api_endpoint=entry.disable_execute_api_endpoint,
        router=router,
        answer_fault=answer_fault,
        has_canary=entry.canary is not None,
    )


def _methods(resource: Resource, api: _Api) -> Methods[Plan]:
    plans = {intern(method.http_method): _plan(resource, method, api) for method in resource.methods}
    anything = plans.pop("ANY", None)
    if anything is None:
        return plans
    return {**dict.fromkeys(VERBS, anything), **plans}


def _plan(resource: Resource, method: Method, api: _Api) -> Plan:
    api.rest()
    if reason := unserved(method.integration):
        raise CompileError(f"{method.http_method} {resource.path}: {reason}")
    try:
        return _assembled(resource, method, api, compile_integration(method.integration, api))
    except (MappingError, UriError, TemplateError, ModelError, re.error) as error:
        raise CompileError(f"{method.http_method} {resource.path}: {error}") from error


def _assembled(resource: Resource, method: Method, api: _Api, kind: Kind) -> Plan:
    validate = compile_validation(api.document, method, api.models)
    convert = compile_convert(api.binary_types, method.integration.content_handling) if kind.converts else None
    compression = api.compression
    verbs = verbs_of(method.http_method, {each.http_method for each in resource.methods})
    cache = (
        None
        if api.caching is None or kind.streams
        else api.caching.compile(resource, method, verbs, api.authorizers.lets_invalidate)
    )
    return Plan(
        resource_id=resource.id,
        resource_path=resource.path,
        http_method=intern(method.http_method),
        authorize=api.authorizers.authorize(method),
        throttle=compile_throttle(api.entry, api.document.api_key_source, resource.path, method, verbs, api.clients),
        receive=compression.receive if compression else None,
        reads_body=kind.reads_body or convert is not None or (validate is not None and validate.reads_body),
        validate=validate,
        convert=convert,
        cache=cache,
        transform_request=kind.transform_request,
        integrate=kind.integrate,
        transform_response=kind.transform_response,
        compress=compression.compress if compression and not kind.streams else None,
        prepared=Prepared() if kind.constant and not (validate or convert or compression or cache) else None,
    )
