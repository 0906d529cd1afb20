"""The rows of this room. Fields are AWS's members in snake case (botocore's `apigateway` model)."""

from console.apis.models.documentation import DocumentationPart as DocumentationPart
from console.apis.models.documentation import DocumentationVersion as DocumentationVersion
from console.apis.models.drawing import API_KEY_SOURCES as API_KEY_SOURCES
from console.apis.models.drawing import AUTHORIZATION_TYPES as AUTHORIZATION_TYPES
from console.apis.models.drawing import AUTHORIZER_TYPES as AUTHORIZER_TYPES
from console.apis.models.drawing import AUTHORIZERS_OF as AUTHORIZERS_OF
from console.apis.models.drawing import CONNECTION_TYPES as CONNECTION_TYPES
from console.apis.models.drawing import CONTENT_HANDLING as CONTENT_HANDLING
from console.apis.models.drawing import ENDPOINT_TYPES as ENDPOINT_TYPES
from console.apis.models.drawing import HTTP_METHODS as HTTP_METHODS
from console.apis.models.drawing import INTEGRATION_TYPES as INTEGRATION_TYPES
from console.apis.models.drawing import PASSTHROUGH as PASSTHROUGH
from console.apis.models.drawing import Authorizer as Authorizer
from console.apis.models.drawing import GatewayResponse as GatewayResponse
from console.apis.models.drawing import Integration as Integration
from console.apis.models.drawing import IntegrationResponse as IntegrationResponse
from console.apis.models.drawing import Method as Method
from console.apis.models.drawing import MethodResponse as MethodResponse
from console.apis.models.drawing import Model as Model
from console.apis.models.drawing import RequestValidator as RequestValidator
from console.apis.models.drawing import Resource as Resource
from console.apis.models.drawing import RestApi as RestApi
from console.apis.models.drawing import _edge as _edge  # migrations name it
from console.apis.models.import_jobs import IMPORT_STATES as IMPORT_STATES
from console.apis.models.import_jobs import ImportJob as ImportJob
