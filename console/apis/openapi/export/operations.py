"""Resources to paths, methods to operations."""

import re
from typing import Any

from console.apis.openapi.export.documentation import Documentation, merged
from console.apis.openapi.export.exported import Exported, Form, Given, Members
from console.apis.openapi.export.integrations import integration
from console.apis.openapi.export.names import ANY_METHOD, INTEGRATION, REQUEST_VALIDATOR
from console.apis.openapi.export.schemas import schema_reference
from console.apis.openapi.export.security import requirements

JSON = "application/json"
POSTMAN = "x-postman-meta"
_PLACES = {"path": "path", "querystring": "query", "header": "header"}
_DOCUMENTED = {"path": "PATH_PARAMETER", "query": "QUERY_PARAMETER", "header": "REQUEST_HEADER"}
_VARIABLE = re.compile(r"\{([^{}]+?)\+?\}")


def validator_name(row: Given) -> str:
    return str(row.get("name") or row["id"])


class Operations:
    def __init__(self, exported: Exported, form: Form, documentation: Documentation) -> None:
        self.exported, self.form, self.documentation = exported, form, documentation
        rows = exported.document.get("requestValidators", ())
        self.validators = {row["id"]: validator_name(row) for row in rows}

    def item(self, resource: Given) -> Members:
        found = {}
        for method in resource.get("methods", ()):
            name = ANY_METHOD if method["httpMethod"] == "ANY" else method["httpMethod"].lower()
            found[name] = self._operation(resource, method)
        return merged(found, self.documentation.at("RESOURCE", path=resource["path"]))

    def _operation(self, resource: Given, method: Given) -> Members:
        path, verb = resource["path"], method["httpMethod"]
        said: Members = {}
        if method.get("operationName"):
            said["operationId"] = method["operationName"]
        if self.form.swagger:
            said |= self._media_types(method)
        said["parameters"] = self._parameters(path, method)
        said |= {} if self.form.swagger else self._request_body(path, method)
        said["responses"] = self._responses(path, method)
        said["security"] = requirements(self.exported, method)
        said |= self._extensions(resource, method)
        kept = {name: value for name, value in said.items() if value not in ([], None)}
        return merged(kept, self.documentation.at("METHOD", path=path, method=verb))

    def _parameters(self, path: str, method: Given) -> list[Members]:
        declared: dict[str, bool] = dict(method.get("requestParameters", {}))
        if self.form.complete:
            for name in _VARIABLE.findall(path):
                declared.setdefault(f"method.request.path.{name}", True)
        found = [self._parameter(path, method["httpMethod"], key, required) for key, required in declared.items()]
        return found + (self._body_parameter(path, method) if self.form.swagger else [])

    def _parameter(self, path: str, verb: str, key: str, required: bool) -> Members:
        place, _, name = key.removeprefix("method.request.").partition(".")
        where = _PLACES[place]
        said: Members = {"name": name, "in": where}
        if required or where == "path":  # which OpenAPI cannot say otherwise
            said["required"] = True
        said |= self._text()
        return merged(said, self.documentation.at(_DOCUMENTED[where], path=path, method=verb, name=name))

    def _text(self) -> Members:
        return {"type": "string"} if self.form.swagger else {"schema": {"type": "string"}}

    def _request_body(self, path: str, method: Given) -> Members:
        models = method.get("requestModels", {})
        if not models:
            return {}
        body: Members = {"content": self._content(models), "required": True}
        return {"requestBody": merged(body, self._said_of_body(path, method))}

    def _body_parameter(self, path: str, method: Given) -> list[Members]:
        """Swagger has one body whatever its type is: JSON's model, or the first."""
        models = method.get("requestModels", {})
        if not models:
            return []
        name = models.get(JSON) or next(iter(models.values()))
        body = {"in": "body", "name": name, "required": True, "schema": schema_reference(name, self.form)}
        return [merged(body, self._said_of_body(path, method))]

    def _said_of_body(self, path: str, method: Given) -> Members:
        return self.documentation.at("REQUEST_BODY", path=path, method=method["httpMethod"])

    def _content(self, models: Given) -> Members:
        return {kind: {"schema": schema_reference(name, self.form)} for kind, name in models.items()}

    def _media_types(self, method: Given) -> Members:
        given = [kind for row in method.get("responses", ()) for kind in row.get("responseModels", {})]
        return {"consumes": list(method.get("requestModels", {})), "produces": list(dict.fromkeys(given)) or [JSON]}

    def _responses(self, path: str, method: Given) -> Members:
        verb = method["httpMethod"]
        found: Members = {}
        for row in method.get("responses", ()):
            status = row["statusCode"]
            said = self.documentation.at("RESPONSE", path=path, method=verb, status=status)
            found[status] = merged(self._response(path, verb, row), said)
        return found or {"default": {"description": f"Default response for {verb} {path}"}}

    def _response(self, path: str, verb: str, row: Given) -> Members:
        status = row["statusCode"]
        said: Members = {"description": f"{status} response"}
        names = [key.removeprefix("method.response.header.") for key in row.get("responseParameters", {})]
        if names:
            said["headers"] = {name: self._header(path, verb, status, name) for name in names}
        models = row.get("responseModels", {})
        if models and self.form.swagger:
            said["schema"] = schema_reference(models.get(JSON) or next(iter(models.values())), self.form)
        elif not self.form.swagger:
            said["content"] = self._content(models)
        return said

    def _header(self, path: str, verb: str, status: str, name: str) -> Members:
        said = self.documentation.at("RESPONSE_HEADER", path=path, method=verb, status=status, name=name)
        return merged(self._text(), said)

    def _extensions(self, resource: Given, method: Given) -> Members:
        said: Members = {}
        validator: Any = self.validators.get(method.get("requestValidatorId", ""))
        if self.form.apigateway and validator:
            said[REQUEST_VALIDATOR] = validator
        if self.form.integrations:
            said[INTEGRATION] = integration(method["integration"], resource["id"])
        if self.form.postman and method.get("authorizationType") == "AWS_IAM":
            said[POSTMAN] = self._postman()
        return said

    def _postman(self) -> Members:
        """How Postman's importer is told to sign. Source: postmanlabs/openapi-to-postman, `x-postman-meta`."""
        helper = {
            "id": "awsSigV4",
            "accessKey": "{{aws_access_key_id}}",
            "secretKey": "{{aws_secret_access_key}}",
            "region": self.exported.region,
            "service": "execute-api",
        }
        return {"currentHelper": "awsSigV4", "helperAttributes": helper}
