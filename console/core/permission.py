"""What an actor is refused, and what of the APIs an actor may see; the rule itself is in console.core.actor."""

from collections.abc import Iterable

from django.db.models import Q

from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied


def require(actor: Actor, needs: Role, operation: str, *, on: str | None = None) -> None:
    """`on` is an API's id; without one, what is asked for belongs to the account. Raises AccessDenied, whether the API
    is there or not."""
    if on is None:
        if actor.role < needs:
            raise AccessDenied(f"User: {actor.name} is not authorized to perform: {operation}")
    elif actor.role_on(on) < needs:
        arn = arns.apigateway(f"/restapis/{on}")
        raise AccessDenied(f"User: {actor.name} is not authorized to perform: {operation} on resource: {arn}")


def require_each(actor: Actor, needs: Role, operation: str, rest_api_ids: Iterable[str]) -> None:
    """For what changes who may call several APIs at once."""
    for rest_api_id in sorted(set(rest_api_ids)):
        require(actor, needs, operation, on=rest_api_id)


def sees(actor: Actor, rest_api_id: str) -> bool:
    return actor.role_on(rest_api_id) >= Role.VIEWER


def having(actor: Actor, needs: Role, field: str = "pk") -> Q:
    """The rows of APIs on which the actor has the role, or a greater one; `field` holds the API's id."""
    all_but_named = actor.role >= needs
    named = {rest_api_id for rest_api_id in actor.grants if (actor.role_on(rest_api_id) >= needs) != all_but_named}
    return ~Q(**{f"{field}__in": named}) if all_but_named else Q(**{f"{field}__in": named})


def seen(actor: Actor, field: str = "pk") -> Q:
    """The rows of APIs that the actor may see; `field` holds the API's id."""
    return having(actor, Role.VIEWER, field)
