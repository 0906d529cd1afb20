"""Java's types as templates know them: what they print, and which methods they answer.

Importing this package fills the tables.
"""

from dataplane.mapping.vtl.java import collections, numbers, strings
from dataplane.mapping.vtl.java.tables import METHODS, PROPERTIES, NoMethod, prepare, register
from dataplane.mapping.vtl.java.values import ArrayList, Trouble, text

__all__ = [
    "METHODS",
    "PROPERTIES",
    "ArrayList",
    "NoMethod",
    "Trouble",
    "collections",
    "numbers",
    "prepare",
    "register",
    "strings",
    "text",
]
