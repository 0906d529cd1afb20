"""Mapping templates: Velocity 1.7 compiled to Python, once for each template.

The language: https://velocity.apache.org/engine/1.7/vtl-reference.html
"""

from dataplane.mapping.vtl.errors import TemplateError
from dataplane.mapping.vtl.template import Template, Variables, compile_template

__all__ = ["Template", "TemplateError", "Variables", "compile_template"]
