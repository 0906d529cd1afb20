"""Properties, methods and indexes of values: only what the tables of `java` list can be reached."""

from collections.abc import Callable
from functools import partial
from typing import Any

from dataplane.mapping.jsontext import double_text
from dataplane.mapping.vtl.frames import Defined, Frame, Loop
from dataplane.mapping.vtl.java.tables import METHODS, PROPERTIES, NoMethod
from dataplane.mapping.vtl.java.values import Trouble, text

Key = tuple[str, int]  # a method's name and how many arguments it gets


def get_property(owner: Any, name: str) -> Any:
    if type(owner) is dict:
        return owner.get(name)
    if owner is None:
        return None
    if isinstance(owner, dict):
        return owner.get(name)
    found = PROPERTIES[type(owner)].get(name)
    return None if found is None else found(owner)


def getter(owner: Any) -> Callable[[str], Any]:
    return partial(get_property, owner)


def nothing(name: str) -> None:
    return None


def call(owner: Any, key: Key, arguments: tuple[Any, ...]) -> Any:
    """null when there is no such method for such arguments. Raises Trouble when Java's would throw."""
    if owner is None:
        return None
    method = METHODS[type(owner)].get(key)
    if method is None:
        return None
    try:
        return method(owner, *arguments)
    except NoMethod:
        return None
    except TypeError as error:
        raise Trouble(f"{key[0]}: an argument of the wrong type") from error


def get_item(owner: Any, index: Any) -> Any:
    if isinstance(owner, list) and isinstance(index, int) and index < 0:
        index += len(owner)
    return call(owner, ("get", 1), (index,))


def set_property(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, dict):
        call(owner, ("put", 2), (name, value))


def set_item(owner: Any, index: Any, value: Any) -> None:
    if isinstance(owner, list) and isinstance(index, int) and index < 0:
        index += len(owner)
    call(owner, ("put" if isinstance(owner, dict) else "set", 2), (index, value))


def show(value: Any, unset: str, frame: Frame | None) -> str:
    """What a reference prints; `unset` when it is null."""
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return double_text(value)
    if value is None:
        return unset
    if type(value) is Defined and frame is not None:
        rendered = value.render(frame)
        return unset if rendered is None else rendered
    return text(value)


def show_leaf(value: Any, root: Any, unset: str, frame: Frame | None) -> str:
    """API Gateway prints nothing where something that is set has no such part; Velocity prints the reference."""
    if type(value) is float:
        return repr(value) if 1e-3 <= value < 1e7 else double_text(value)
    if value is None:
        return unset if root is None else ""
    if type(value) is bool:
        return "true" if value else "false"
    return show(value, unset, frame)


def show_escaped(value: Any, backslashes: int, more: str, source: str, unset: str, frame: Frame | None) -> str:
    """A reference with backslashes before it: `\\\\$x` prints `\\` and the value, `\\$x` the reference itself."""
    half = "\\" * (backslashes // 2)
    if backslashes % 2:
        return half + ("\\" if value is None else "") + source
    if value is None:
        return half + half + more + unset
    shown = show(value, unset, frame)
    return shown if type(value) is Defined else half + more + shown


def break_scope(scope: Any) -> Loop:
    if not isinstance(scope, Loop):
        raise Trouble("#break takes the scope of a loop, such as $foreach.parent")
    return scope
