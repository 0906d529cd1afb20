"""What a snapshot compiles to: one method's callables, and the stage that holds them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    resource_path: str


@dataclass(frozen=True, slots=True)
class Stage:
    api_id: str
