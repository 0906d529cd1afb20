"""java.util: lists, maps, their views, entries and iterators."""

from collections.abc import Callable
from typing import Any

from dataplane.mapping import jsontext
from dataplane.mapping.vtl.java.tables import Methods, NoMethod, collection, integer, out_of_range, register, same
from dataplane.mapping.vtl.java.values import ArrayList, Claims, Cursor, Entry, Keys, MapValues, Trouble, Values, text

# collections of any kind


def _holds(items: list[Any], wanted: Any) -> bool:
    return any(same(item, wanted) for item in items)


_COLLECTION: Methods = {
    ("size", 0): len,
    ("isEmpty", 0): lambda items: not items,
    ("contains", 1): _holds,
    ("containsAll", 1): lambda items, others: all(_holds(items, other) for other in collection(others)),
    ("iterator", 0): Cursor,
    ("toArray", 0): lambda items: ArrayList(items),
}


def _no_add(items: list[Any], item: Any) -> Any:
    raise Trouble("a view of a map takes no items")


# lists


def _get(items: list[Any], at: Any) -> Any:
    if not 0 <= integer(at) < len(items):
        raise out_of_range(at, len(items))
    return items[at]


def _set(items: list[Any], at: Any, value: Any) -> Any:
    before = _get(items, at)
    items[at] = value
    return before


def _add(items: list[Any], value: Any) -> bool:
    items.append(value)
    return True


def _insert(items: list[Any], at: Any, value: Any) -> str:
    if not 0 <= integer(at) <= len(items):
        raise out_of_range(at, len(items))
    items.insert(at, value)
    return ""


def _add_all(items: list[Any], others: Any) -> bool:
    more = list(collection(others))
    items.extend(more)
    return bool(more)


def _insert_all(items: list[Any], at: Any, others: Any) -> bool:
    if not 0 <= integer(at) <= len(items):
        raise out_of_range(at, len(items))
    items[at:at] = collection(others)
    return bool(others)


def _remove(items: list[Any], what: Any) -> Any:
    """remove(int) takes a position, remove(Object) the first that equals."""
    if isinstance(what, int) and not isinstance(what, bool):
        value = _get(items, what)
        del items[what]
        return value
    at = _index_of(items, what)
    if at >= 0:
        del items[at]
    return at >= 0


def _index_of(items: list[Any], wanted: Any) -> int:
    return next((at for at, item in enumerate(items) if same(item, wanted)), -1)


def _last_index_of(items: list[Any], wanted: Any) -> int:
    return next((at for at in range(len(items) - 1, -1, -1) if same(items[at], wanted)), -1)


def _sub_list(items: list[Any], start: Any, stop: Any) -> ArrayList:
    if not 0 <= integer(start) <= integer(stop) <= len(items):
        raise Trouble(f"fromIndex {start}, toIndex {stop}, size {len(items)}")
    return ArrayList(items[start:stop])


def _keep(items: list[Any], wanted: Callable[[Any], bool]) -> bool:
    kept = [item for item in items if wanted(item)]
    changed = len(kept) != len(items)
    items[:] = kept
    return changed


def _clear(owner: list[Any] | dict[Any, Any]) -> str:
    owner.clear()
    return ""


_LIST: Methods = {
    **_COLLECTION,
    ("get", 1): _get,
    ("set", 2): _set,
    ("add", 1): _add,
    ("add", 2): _insert,
    ("addAll", 1): _add_all,
    ("addAll", 2): _insert_all,
    ("remove", 1): _remove,
    ("removeAll", 1): lambda items, others: _keep(items, lambda item: not _holds(collection(others), item)),
    ("retainAll", 1): lambda items, others: _keep(items, lambda item: _holds(collection(others), item)),
    ("indexOf", 1): _index_of,
    ("lastIndexOf", 1): _last_index_of,
    ("subList", 2): _sub_list,
    ("clear", 0): _clear,
    # the developer guide's own example: $input.path('$.pets').count()
    ("count", 0): len,
}

register(list, {**_LIST, ("toJSONString", 0): jsontext.to_json})
register(ArrayList, _LIST)
# what keySet, values and entrySet answer; to remove an entry one would have to make one that equals it
_VIEW: Methods = {**_COLLECTION, ("add", 1): _no_add, ("addAll", 1): _no_add, ("remove", 1): lambda items, item: False}

register(Values, _VIEW)

# maps


def _key(key: Any) -> Any:
    if isinstance(key, list | dict):
        raise NoMethod
    return key


def _put(owner: dict[Any, Any], key: Any, value: Any) -> Any:
    before = owner.get(_key(key))
    owner[key] = value
    return before


def _put_all(owner: dict[Any, Any], others: Any) -> str:
    if not isinstance(others, dict):
        raise NoMethod
    for key, value in list(others.items()):
        owner[key] = value
    return ""


def _put_if_absent(owner: dict[Any, Any], key: Any, value: Any) -> Any:
    before = owner.get(_key(key))
    if before is None:
        owner[key] = value
    return before


def _get_or_default(owner: dict[Any, Any], key: Any, other: Any) -> Any:
    return owner.get(_key(key), other)


def _entries(owner: dict[Any, Any]) -> Values:
    return Values(Entry(owner, key) for key in owner)


MAP: Methods = {
    ("size", 0): len,
    ("isEmpty", 0): lambda owner: not owner,
    ("get", 1): lambda owner, key: owner.get(_key(key)),
    ("getOrDefault", 2): _get_or_default,
    ("containsKey", 1): lambda owner, key: _key(key) in owner,
    ("containsValue", 1): lambda owner, value: _holds(list(owner.values()), value),
    ("keySet", 0): Keys,
    ("values", 0): MapValues,
    ("entrySet", 0): _entries,
    ("put", 2): _put,
    ("putAll", 1): _put_all,
    ("putIfAbsent", 2): _put_if_absent,
    ("remove", 1): lambda owner, key: owner.pop(_key(key), None),
    ("clear", 0): _clear,
}

register(dict, MAP)
register(Claims, MAP)


def _remove_key(keys: Keys, key: Any) -> bool:
    found = _key(key) in keys.owner
    if found:
        del keys.owner[key]
        keys.remove(key)
    return found


register(Keys, {**_VIEW, ("remove", 1): _remove_key})


def _remove_value(values: MapValues, value: Any) -> bool:
    key = next((key for key, item in values.owner.items() if same(item, value)), values)
    if key is values:
        return False
    del values.owner[key]
    values[:] = values.owner.values()
    return True


register(MapValues, {**_VIEW, ("remove", 1): _remove_value})


def _set_value(entry: Entry, value: Any) -> Any:
    before = entry.value
    entry.owner[entry.key] = value
    return before


register(
    Entry,
    {
        ("getKey", 0): lambda entry: entry.key,
        ("getValue", 0): lambda entry: entry.value,
        ("setValue", 1): _set_value,
        ("equals", 1): lambda entry, other: isinstance(other, Entry) and text(entry) == text(other),
    },
)


def _next(cursor: Cursor) -> Any:
    if cursor.at >= len(cursor.items):
        raise Trouble("NoSuchElementException")
    cursor.at += 1
    return cursor.items[cursor.at - 1]


register(Cursor, {("hasNext", 0): lambda cursor: cursor.at < len(cursor.items), ("next", 0): _next})
