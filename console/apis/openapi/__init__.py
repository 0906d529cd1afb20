"""OpenAPI 3 and Swagger 2 documents, read into a drawing; nothing here touches a row."""

from console.apis.openapi.options import Options, check_mode, options
from console.apis.openapi.read import Reading, read, read_documentation
from console.apis.openapi.report import Line, told
from console.apis.openapi.schemas import DEFAULT_MODELS
from console.apis.openapi.syntax import MAX_BYTES, SyntaxFault, check_text

__all__ = [
    "DEFAULT_MODELS",
    "MAX_BYTES",
    "Line",
    "Options",
    "Reading",
    "SyntaxFault",
    "check_mode",
    "check_text",
    "options",
    "read",
    "read_documentation",
    "told",
]
