"""What can be done with what is drawn: one function per AWS operation."""

from console.apis.services.authorizers import (
    create_authorizer,
    delete_authorizer,
    get_authorizer,
    get_authorizers,
    update_authorizer,
)
from console.apis.services.documents import Imported, import_rest_api, put_rest_api
from console.apis.services.gateway_responses import (
    delete_gateway_response,
    get_gateway_response,
    get_gateway_responses,
    put_gateway_response,
    update_gateway_response,
)
from console.apis.services.import_jobs import TASK as IMPORT_TASK
from console.apis.services.import_jobs import get_import_job, run_import_job, start_import_job, waiting_jobs, wake
from console.apis.services.integrations import (
    delete_integration,
    delete_integration_response,
    get_integration,
    get_integration_response,
    put_integration,
    put_integration_response,
    update_integration,
    update_integration_response,
)
from console.apis.services.methods import (
    delete_method,
    delete_method_response,
    get_method,
    get_method_response,
    put_method,
    put_method_response,
    update_method,
    update_method_response,
)
from console.apis.services.models import create_model, delete_model, get_model, get_models, update_model
from console.apis.services.request_validators import (
    create_request_validator,
    delete_request_validator,
    get_request_validator,
    get_request_validators,
    update_request_validator,
)
from console.apis.services.resources import (
    create_resource,
    delete_resource,
    get_resource,
    get_resources,
    update_resource,
)
from console.apis.services.rest_apis import (
    create_rest_api,
    delete_rest_api,
    get_rest_api,
    get_rest_apis,
    update_rest_api,
)

__all__ = [
    "IMPORT_TASK",
    "Imported",
    "create_authorizer",
    "create_model",
    "create_request_validator",
    "create_resource",
    "create_rest_api",
    "delete_authorizer",
    "delete_gateway_response",
    "delete_integration",
    "delete_integration_response",
    "delete_method",
    "delete_method_response",
    "delete_model",
    "delete_request_validator",
    "delete_resource",
    "delete_rest_api",
    "get_authorizer",
    "get_authorizers",
    "get_gateway_response",
    "get_gateway_responses",
    "get_import_job",
    "get_integration",
    "get_integration_response",
    "get_method",
    "get_method_response",
    "get_model",
    "get_models",
    "get_request_validator",
    "get_request_validators",
    "get_resource",
    "get_resources",
    "get_rest_api",
    "get_rest_apis",
    "import_rest_api",
    "put_gateway_response",
    "put_integration",
    "put_integration_response",
    "put_method",
    "put_method_response",
    "put_rest_api",
    "run_import_job",
    "start_import_job",
    "update_authorizer",
    "update_gateway_response",
    "update_integration",
    "update_integration_response",
    "update_method",
    "update_method_response",
    "update_model",
    "update_request_validator",
    "update_resource",
    "update_rest_api",
    "waiting_jobs",
    "wake",
]
