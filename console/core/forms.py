"""Forms that look alike, keep what was typed, and show a verb's refusal at its field."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, ClassVar, Self, TypeVar, cast

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from console.core.actor import Actor
from console.core.faults import Fault
from console.core.patch import escape

R = TypeVar("R")


class Form(forms.Form):
    """Its fields are named as the verb's keyword arguments."""

    # Where a refusal names something else than a field: {"patchOperations": "variables"}.
    refused_as: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field, invalid=False)

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                dress(self.fields[name], invalid=True)

    @classmethod
    def of(cls, request: HttpRequest, **kwargs: Any) -> Self:
        """Bound to what was sent; a page that was only asked for shows the initial values."""
        bound = request.method == "POST"
        return cls(request.POST if bound else None, request.FILES if bound else None, **kwargs)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def act(self, verb: Callable[..., R], actor: Actor, **extra: Any) -> R | None:
        """Call the verb with the form's values; None when the form or the verb refused: see `errors`."""
        if not self.is_valid():
            return None
        try:
            return verb(actor, **extra, **self.values())
        except Fault as fault:
            self.refuse(fault)
            return None

    def refuse(self, fault: Fault) -> None:
        name = self.refused_as.get(fault.field, _field_name(fault.field))
        self.add_error(name if name in self.fields else None, fault.message)
        if name in self.fields:
            dress(self.fields[name], invalid=True)


def choices_of(form: forms.Form, name: str) -> list[tuple[str, str]]:
    return list(cast(Any, form.fields[name]).choices)


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    cast(Any, form.fields[name]).choices = list(choices)


def keep(form: forms.Form, name: str) -> None:
    """Offer the present value too: one that this console does not make, and must not change by itself."""
    value = str(form.initial.get(name) or "")
    if value and value not in dict(choices_of(form, name)):
        offer(form, name, [*choices_of(form, name), (value, value)])


def _field_name(said: str) -> str:
    """`pathPart` and `/variables/color` are said of the fields `path_part` and `variables`."""
    first = said.lstrip("/").split("/")[0].split(".")[0]
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", first).lower()


def dress(field: forms.Field, *, invalid: bool) -> None:
    widget = field.widget
    base = "form-control"
    if isinstance(widget, forms.CheckboxInput):
        base = "form-check-input"
    elif isinstance(widget, forms.Select):
        base = "form-select"
    classes = [base, *str(widget.attrs.get("data-class", "")).split()]
    widget.attrs["class"] = " ".join([*classes, "is-invalid"] if invalid else classes)


class MapWidget(forms.Widget):
    """Rows of name and value. Without scripts, the empty last row still takes one more."""

    use_fieldset = True

    def __init__(
        self,
        *,
        key: str = "Name",
        value: str = "Value",
        add: str = "Add",
        code: str = "",
        choices: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`code` is the language of values that are longer texts; `choices` are the only values there are."""
        super().__init__()
        self.words: dict[str, Any] = {"key": key, "value": value, "add": add, "code": code, "choices": choices}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        if not hasattr(data, "getlist"):
            return []
        pairs = zip(data.getlist(f"{name}.key"), data.getlist(f"{name}.value"), strict=False)
        # A chosen value says nothing of its own: the row is empty until it has a name.
        return [
            (key.strip(), said) for key, said in pairs if key.strip() or (said.strip() and not self.words["choices"])
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}.present" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = list(value.items()) if isinstance(value, Mapping) else list(value or ())
        context = {"name": name, "rows": rows, "id": (attrs or {}).get("id", f"id_{name}"), **self.words}
        context["invalid"] = "is-invalid" in self.attrs.get("class", "")
        return render_to_string("core/map.html", context)

    def id_for_label(self, id_: str) -> str:
        return ""  # many fields: a legend names them together


class MapField(forms.Field):
    """`{"name": "value"}`; a value without a name is refused here, what names may be is the verb's to say."""

    widget = MapWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False} | kwargs))

    def prepare_value(self, value: Any) -> Any:
        return {key: _said(said) for key, said in value.items()} if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, said in value or ():
            if not key:
                raise forms.ValidationError(f"Give the value “{said}” a name, or clear it.")
            if key in found:
                raise forms.ValidationError(f"“{key}” is there twice: keep one of them.")
            found[key] = said
        return found


class PatchForm(Form):
    """A form over a row that a verb patches."""

    # field: patch path without its slash; and the row's own name of a field, where it has another.
    patches: ClassVar[dict[str, str]] = {}
    row_names: ClassVar[dict[str, str]] = {}
    # Patch paths of lists whose items are said as the operation's value, and not within its path.
    valued: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def state(cls, row: Any) -> dict[str, Any]:
        return {name: getattr(row, cls.row_names.get(name, name)) for name in cls.patches}

    def patched(self) -> dict[str, Any]:
        """The fields to be set."""
        return {name: self.cleaned_data[name] for name in self.patches}

    def operations(self, row: Any) -> list[dict[str, str]]:
        before = self.state(row)
        return patch_operations(
            {path: before[name] for name, path in self.patches.items()},
            {self.patches[name]: value for name, value in self.patched().items()},
            valued=self.valued,
        )

    def values(self) -> dict[str, Any]:
        return {}


def patch_operations(
    before: Mapping[str, Any], after: Mapping[str, Any], *, valued: Set[str] = frozenset()
) -> list[dict[str, str]]:
    """AWS's patch operations that lead from one state of members to the other; both are named by patch path.

    A map is patched entry by entry, a list item by item (of `valued` ones the item is the value), anything else is
    replaced.
    """
    found: list[dict[str, str]] = []
    for name, value in after.items():
        was = before.get(name)
        if isinstance(value, Mapping):
            found += _entries(name, was or {}, value)
        elif isinstance(value, list):
            found += _items(name, was or [], value, valued=name in valued)
        elif _said(was) != _said(value):
            found.append({"op": "replace", "path": f"/{name}", "value": _said(value)})
    return found


def _entries(name: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, str]]:
    removed = [{"op": "remove", "path": f"/{name}/{escape(key)}"} for key in was if key not in now]
    changed = [
        {"op": "replace" if key in was else "add", "path": f"/{name}/{escape(key)}", "value": _said(value)}
        for key, value in now.items()
        if key not in was or _said(was[key]) != _said(value)
    ]
    return removed + changed


def _items(name: str, was: list[str], now: list[str], *, valued: bool) -> list[dict[str, str]]:
    def said(op: str, item: str) -> dict[str, str]:
        if valued:
            return {"op": op, "path": f"/{name}", "value": item}
        return {"op": op, "path": f"/{name}/{escape(item)}"}

    return [said("remove", item) for item in was if item not in now] + [
        said("add", item) for item in now if item not in was
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class LinesField(forms.CharField):
    """A list, one item a line."""

    widget = forms.Textarea(attrs={"rows": 2, "data-class": "mono", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False} | kwargs))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]
