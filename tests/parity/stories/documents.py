"""Documents that come in, and the documentation of what they say."""

import json

from tests.parity.stories.drawn import deploy, draw, patch
from tests.parity.walk import Call, Story

SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "pets", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "responses": {"200": {"description": "pets"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {"default": {"statusCode": "200"}},
                },
            }
        }
    },
}


def a_document_is_imported(call: Call) -> None:
    api = call("ImportRestApi", body=json.dumps(SWAGGER).encode(), failOnWarnings=False)["id"]
    more = {**SWAGGER, "paths": {"/cats": SWAGGER["paths"]["/pets"]}}
    call("PutRestApi", restApiId=api, mode="merge", body=json.dumps(more).encode())
    call("PutRestApi", restApiId=api, mode="overwrite", body=json.dumps(SWAGGER).encode())


def an_api_is_documented(call: Call) -> None:
    api = {"restApiId": draw(call).api}
    location = {"type": "METHOD", "path": "/pets", "method": "GET"}
    properties = json.dumps({"description": "All pets."})
    part = {
        **api,
        "documentationPartId": call("CreateDocumentationPart", **api, location=location, properties=properties)["id"],
    }
    call("GetDocumentationPart", **part)
    call("GetDocumentationParts", **api, type="METHOD", locationStatus="DOCUMENTED")
    told = json.dumps({"description": "Each pet."})
    call("UpdateDocumentationPart", **part, patchOperations=patch(("replace", "/properties", told)))
    parts = [{"location": {"type": "API"}, "properties": {"description": "Pets."}}]
    document = {**SWAGGER, "x-amazon-apigateway-documentation": {"version": "1", "documentationParts": parts}}
    call("ImportDocumentationParts", **api, mode="merge", body=json.dumps(document).encode())
    version = {**api, "documentationVersion": "1"}
    call("CreateDocumentationVersion", **version, description="first")
    call("GetDocumentationVersion", **version)
    call("GetDocumentationVersions", **api)
    call("UpdateDocumentationVersion", **version, patchOperations=patch(("replace", "/description", "1st")))
    call("DeleteDocumentationVersion", **version)
    call("DeleteDocumentationPart", **part)


def an_api_is_exported(call: Call) -> None:
    drawn, _ = deploy(call)
    at = {"restApiId": drawn.api, "stageName": "dev"}
    call("GetExport", **at, exportType="oas30", accepts="application/yaml", parameters={"extensions": "apigateway"})
    call("GetExport", **at, exportType="swagger")


def a_client_is_generated(call: Call) -> None:
    drawn, _ = deploy(call)
    call("GetSdkTypes")
    call("GetSdkType", id="javascript")
    call("GetSdk", restApiId=drawn.api, stageName="dev", sdkType="javascript")


STORIES: list[Story] = [a_document_is_imported, an_api_is_documented, an_api_is_exported, a_client_is_generated]
