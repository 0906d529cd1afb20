"""What people type when they draw an API."""

from console.apis.forms.authorizers import AUTHORIZER_FORMS, AuthorizerForm
from console.apis.forms.drawing import (
    CorsForm,
    EndpointForm,
    ImportForm,
    ImportIntoForm,
    IntegrationRequestForm,
    IntegrationResponseForm,
    MethodForm,
    MethodRequestForm,
    MethodResponseForm,
    ResourceForm,
    RestApiForm,
    RestApiSettingsForm,
)

__all__ = [
    "AUTHORIZER_FORMS",
    "AuthorizerForm",
    "CorsForm",
    "EndpointForm",
    "ImportForm",
    "ImportIntoForm",
    "IntegrationRequestForm",
    "IntegrationResponseForm",
    "MethodForm",
    "MethodRequestForm",
    "MethodResponseForm",
    "ResourceForm",
    "RestApiForm",
    "RestApiSettingsForm",
]
