"""Bytes to plain values, JSON or YAML, with the line on which each member begins as far down as reports look."""

from console.apis.openapi.syntax.document import (
    MAX_BYTES,
    Document,
    Pointer,
    SyntaxFault,
    check_text,
    parse,
    pointer_text,
)

__all__ = ["MAX_BYTES", "Document", "Pointer", "SyntaxFault", "check_text", "parse", "pointer_text"]
