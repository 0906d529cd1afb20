"""A frozen API, written as OpenAPI 3.0 or Swagger 2; nothing here touches a row.

Source: developer guide, "Export a REST API from API Gateway" and "OpenAPI extensions for API Gateway".
"""

from console.apis.openapi.export.document import write
from console.apis.openapi.export.exported import Exported, Form, form
from console.apis.openapi.export.text import MEDIA_TYPES, media_type, to_text

__all__ = ["MEDIA_TYPES", "Exported", "Form", "form", "media_type", "to_text", "write"]
