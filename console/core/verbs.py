"""What makes a function an AWS operation: atomic, and refused to those whose role is too small."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.db import OperationalError, transaction

from console.core.actor import Actor, Role
from console.core.faults import concurrent_modification, lost_a_race
from console.core.permission import require

P = ParamSpec("P")
R = TypeVar("R")
Verb = Callable[Concatenate[Actor, P], R]


def verb(needs: Role, *, operation: str = "") -> Callable[[Verb[P, R]], Verb[P, R]]:
    """Wrap a service function: `@verb(needs=Role.DEVELOPER) def create_rest_api(actor, *, name, ...)`.

    The role is the actor's on the API that `rest_api_id` names; of a verb that has no such argument, the actor's own.
    Whatever else it names, the verb itself asks about (console.core.permission). One transaction around it; nothing of
    it stays when it raises, and who waited too long for another's lock is told to try again. `operation` is AWS's name
    where the function has another one.
    """

    def decorate(function: Verb[P, R]) -> Verb[P, R]:
        @functools.wraps(function)
        def run(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
            api = kwargs.get("rest_api_id")
            name = operation or operation_name(function.__name__)
            require(actor, needs, name, on=str(api) if api is not None else None)
            try:
                with transaction.atomic():
                    return function(actor, *args, **kwargs)
            except OperationalError as error:
                if lost_a_race(error):
                    raise concurrent_modification() from error
                raise

        return cast(Verb[P, R], run)

    return decorate


def operation_name(function_name: str) -> str:
    """`create_rest_api` is AWS's `CreateRestApi`."""
    return "".join(part.title() for part in function_name.split("_"))
