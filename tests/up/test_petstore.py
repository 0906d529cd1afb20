"""The demo's document, by the rules of OpenAPI and by what issue and README promise of it."""

import yaml
from openapi_spec_validator import validate

from console.up.demo import DOCUMENT


def load():
    return yaml.safe_load(DOCUMENT.read_text())


def test_it_is_valid_openapi():
    validate(load())


def test_every_method_has_an_integration():
    for path, item in load()["paths"].items():
        for method, operation in item.items():
            assert "x-amazon-apigateway-integration" in operation, (path, method)


def test_the_backend_is_a_stage_variable():
    integrations = [o["x-amazon-apigateway-integration"] for item in load()["paths"].values() for o in item.values()]
    uris = [integration["uri"] for integration in integrations if integration["type"] != "mock"]
    assert uris
    assert all(uri.startswith("http://${stageVariables.backend}/") for uri in uris)


def test_there_is_a_mock_a_proxy_route_and_a_path_parameter():
    kinds = {o["x-amazon-apigateway-integration"]["type"] for item in load()["paths"].values() for o in item.values()}
    assert kinds == {"mock", "http", "http_proxy"}
    assert {"/echo/{proxy+}", "/pets/{petId}"} <= set(load()["paths"])
