"""Whatever a client sends is answered or refused; nothing that it sends is this server's failure."""

import json
import re
from typing import Any, TypeAlias

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.access import services as access
from console.apis import services as apis
from console.core.actor import SYSTEM
from console.core.faults import Fault
from console.core.patch import OPS
from console.core.wire import Operation, model
from console.core.wire.errors import as_fault
from console.core.wire.parse import Sent
from console.domains import services as domains
from console.publishing.services import create_deployment
from console.urls import operations

pytestmark = pytest.mark.django_db

ODD = ["", " ", "/", "a/b", "{", "{proxy+}", "~1", "é", "%", "-1", "0", "1", "1e9", "true", "null", "[]", "{}", "*"]
TEXTS = st.one_of(st.sampled_from(ODD), st.text(max_size=8))
# What another process does, of which none runs here: a node, a worker.
OF_OTHERS = {("TestInvokeAuthorizer", 503), ("TestInvokeMethod", 503), ("GetSdk", 503)}
# What is there, by the wire's name of it.
Known: TypeAlias = dict[str, str]


@pytest.fixture
def known(db: None) -> Known:
    """A small API that is drawn and deployed, a key and a plan, a domain name that leads to it, a link."""
    api = apis.create_rest_api(SYSTEM, name="pets")
    root = apis.get_resources(SYSTEM, rest_api_id=api.pk).items[0]
    pets = apis.create_resource(SYSTEM, rest_api_id=api.pk, parent_id=root.pk, path_part="pets")
    at = {"rest_api_id": api.pk, "resource_id": pets.pk, "http_method": "GET"}
    apis.put_method(SYSTEM, **at, authorization_type="NONE")
    apis.put_method_response(SYSTEM, **at, status_code="200")
    apis.put_integration(SYSTEM, **at, type="MOCK")
    apis.put_integration_response(SYSTEM, **at, status_code="200")
    deployment = create_deployment(SYSTEM, rest_api_id=api.pk, stage_name="dev")
    key = access.create_api_key(SYSTEM, name="key", enabled=True)
    plan = access.create_usage_plan(SYSTEM, name="plan", api_stages=[{"apiId": api.pk, "stage": "dev"}])
    access.create_usage_plan_key(SYSTEM, usage_plan_id=plan.pk, key_id=key.pk, key_type="API_KEY")
    validator = apis.create_request_validator(SYSTEM, rest_api_id=api.pk, name="all")
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:::function:f/invocations"
    source = "method.request.header.Auth"
    authorizer = apis.create_authorizer(
        SYSTEM, rest_api_id=api.pk, name="guard", type="TOKEN", authorizer_uri=uri, identity_source=source
    )
    part = apis.create_documentation_part(SYSTEM, rest_api_id=api.pk, location={"type": "API"}, properties="{}")
    apis.create_documentation_version(SYSTEM, rest_api_id=api.pk, documentation_version="1")
    domain = domains.create_domain_name(SYSTEM, domain_name="api.example.com")
    domains.create_base_path_mapping(SYSTEM, domain_name=domain.pk, base_path="pets", rest_api_id=api.pk, stage="dev")
    target = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/50dc6c495c0c9188"
    return {
        "domain_name": domain.pk,
        "base_path": "pets",
        "clientcertificate_id": domains.generate_client_certificate(SYSTEM).pk,
        "vpclink_id": domains.create_vpc_link(SYSTEM, name="link", target_arns=[target]).pk,
        "resource_arn": f"arn:aws:apigateway:us-east-1::/restapis/{api.pk}",
        "restapi_id": api.pk,
        "resource_id": pets.pk,
        "parent_id": root.pk,
        "http_method": "GET",
        "status_code": "200",
        "stage_name": "dev",
        "deployment_id": deployment.pk,
        "model_name": "Empty",
        "requestvalidator_id": validator.pk,
        "authorizer_id": authorizer.pk,
        "response_type": "THROTTLED",
        "part_id": part.pk,
        "doc_version": "1",
        "api_Key": key.pk,
        "usageplanId": plan.pk,
        "keyId": key.pk,
        "deploymentId": deployment.pk,
        "stageName": "dev",
        "apiId": api.pk,
        "stage": "dev",
    }


def values(shape: Shape, texts: st.SearchStrategy[str], known: Known) -> st.SearchStrategy[Any]:
    """What JSON may say for a shape: mostly of its kind."""
    if isinstance(shape, StructureShape):
        return structures(shape, texts, known)
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member, texts, known), max_size=3)
    if isinstance(shape, MapShape):
        return st.dictionaries(texts, values(shape.value, texts, known), max_size=3)
    if "enum" in shape.metadata:
        return st.sampled_from(shape.metadata["enum"])
    plain: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(-5, 2**31),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }
    return plain.get(shape.type_name, texts)


def structures(shape: StructureShape, texts: st.SearchStrategy[str], known: Known) -> st.SearchStrategy[Any]:
    """Members by their own names; what is required is there, and what names something mostly names what is there."""
    members = {
        name: st.sampled_from([known[key]] * 19 + ["odd"]) if key in known else values(one, texts, known)
        for name, one in shape.members.items()
        for key in [model.wire_name(name, one)]
    }
    always = ("op", "path", "value") if shape.name == "PatchOperation" else shape.required_members
    required = {name: members.pop(name) for name in always}
    return st.fixed_dictionaries(required, optional=members)


def patch_paths(operation: Operation, known: Known) -> list[str]:
    """What an update says that it may change: its own refusal of a path that it does not know."""
    if not operation.name.startswith("Update"):
        return []
    labels = {name: known[model.wire_name(name, one)] for name, one in uris(operation).items()}
    templates: set[str] = set()
    for op in OPS:
        fault = answered(operation, {**labels, "patchOperations": [{"op": op, "path": "/nonsense", "value": "1"}]})
        assert fault is not None
        templates |= set(re.findall(r"/[^,\]]+", fault.message.rpartition("Must be one of: ")[2]))
    filled = [re.sub(r"\{[^}]+\}", part, one) for one in sorted(templates) for part in ("a", "~1", "GET", "200", "*")]
    assert filled
    return filled


def uris(operation: Operation) -> dict[str, Shape]:
    members = operation.model.input_shape.members
    return {name: one for name, one in members.items() if model.location(one) == "uri"}


def answered(operation: Operation, given: dict[str, Any]) -> Fault | None:
    """The refusal, or None; nothing stays of what it did."""
    try:
        with transaction.atomic():
            operation(SYSTEM, as_sent(operation, given))
            transaction.set_rollback(True)
    except Exception as error:
        fault = as_fault(error)
        if (operation.name, fault.status) in OF_OTHERS:
            return None
        if fault.status >= 500:
            raise
        return fault
    return None


def as_sent(operation: Operation, given: dict[str, Any]) -> Sent:
    members = operation.model.input_shape.members
    payload = model.payload_member(operation.model.input_shape)
    labels, query, body = {}, QueryDict(mutable=True), {}
    for name, value in given.items():
        place, key = model.location(members[name]), model.wire_name(name, members[name])
        if place == "uri":
            labels[key] = value
        elif isinstance(value, dict) and place == "querystring":
            query.update(value)
        elif place == "querystring":
            query.setlist(key, [str(one) for one in value] if isinstance(value, list) else [str(value)])
        else:
            body[key] = value
    return Sent(labels, query, {}, str(given[payload]).encode() if payload else json.dumps(body).encode())


@pytest.mark.parametrize("operation", operations, ids=lambda one: one.name)
def test_nothing_that_is_sent_is_this_server_s_failure(operation: Operation, known: Known):
    paths = patch_paths(operation, known)
    texts = st.one_of(TEXTS, st.sampled_from(list(known.values())), *[st.sampled_from(paths)] * 2 if paths else [])
    requests = structures(operation.model.input_shape, texts, known)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(sent=requests)
    def check(sent: dict[str, Any]) -> None:
        fault = answered(operation, sent)
        assert fault is None or 400 <= fault.status < 500

    check()
