"""`x-amazon-apigateway-gateway-responses`. Source: developer guide, the page of that name."""

from console.apis import checks
from console.apis.drawing import GatewayResponseDraft
from console.apis.openapi.source import Source

EXTENSION = "x-amazon-apigateway-gateway-responses"


def read_gateway_responses(source: Source) -> list[GatewayResponseDraft]:
    found = []
    for kind, value in source.section((EXTENSION,)).items():
        here = (EXTENSION, kind)
        if kind not in checks.GATEWAY_RESPONSES:
            source.report.error(here, f"'{kind}' is no type of gateway response")
        elif not isinstance(value, dict):
            source.report.error(here, "A gateway response must be an object")
        else:
            found.append(
                GatewayResponseDraft(
                    response_type=kind,
                    status_code=source.member(value, "statusCode", str, "", here),
                    response_parameters=source.texts(value, "responseParameters", here),
                    response_templates=source.texts(value, "responseTemplates", here),
                )
            )
            source.report.taken(here, f"Taken as the gateway response {kind}")
    return found
