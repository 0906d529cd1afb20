"""What templates say often: an icon, how long ago, a number people can read."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.core.actor import Role

register = template.Library()

_STEPS = ((60, "s", 1), (3600, "min", 60), (86_400, "h", 3600), (2_592_000, "d", 86_400))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decoration: what it stands for is said in text beside it, or in an aria-label."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("img/icons.svg"),
        name,
    )


def age(at: datetime, now: datetime) -> str:
    seconds = max(0, int((now - at).total_seconds()))
    for below, unit, size in _STEPS:
        if seconds < below:
            return f"{seconds // size} {unit}"
    return f"{at:%-d %b %Y}"


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """“5 min ago”, with the exact time at hand."""
    if at is None:
        return "never"
    text = age(at, timezone.now())
    shown = f"{text} ago" if text[0].isdigit() and text.count(" ") == 1 else text
    if text == "0 s":
        shown = "just now"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), f"{at:%Y-%m-%d %H:%M:%S} UTC", shown)


@register.filter
def short(number: float | None) -> str:
    """1234 -> 1.2k, for tiles."""
    if number is None:
        return "–"
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return f"{number:g}"


@register.filter
def exact(number: float) -> str:
    """As people write it: 10, 2.5, 0.25."""
    return f"{number:.10g}"


@register.filter
def digest(value: str) -> str:
    """Twelve digits tell two documents apart for people."""
    return value[:12]


@register.filter
def noun(arn: str) -> str:
    """`/restapis/abc` of an ARN: what tells two subjects of one account apart."""
    return arn.split(":", 5)[-1]


@register.filter
def at(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if mapping else None


@register.filter
def on(user: Any, api: Any) -> Role:
    """`user|on:api|may:"DEVELOPER"`: the user's role on the API."""
    return Role(user.role_on(api.pk)) if user.is_authenticated else Role.NONE


@register.filter
def may(who: Any, role: str) -> bool:
    """Whether to offer it to a user, or to who has a role; whether it is allowed is the verb's to say."""
    mine = who if isinstance(who, Role) else getattr(who, "role", Role.NONE)
    return bool(mine >= Role[role])


@register.filter
def role(value: Role) -> str:
    return value.words


@register.inclusion_tag("field.html")
def field(bound: Any, **extra: Any) -> dict[str, Any]:
    return {"field": bound, **extra}


@register.inclusion_tag("core/side_link.html", takes_context=True)
def side_link(context: Any, to: str, mark: str, text: str, key: str, *args: str, deep: bool = False) -> dict[str, Any]:
    """A link of the navigation; `deep` links stay current on the pages below them."""
    href = reverse(to, args=args)
    request: HttpRequest = context["request"]
    current = request.path == href or (deep and request.path.startswith(href))
    return {"href": href, "mark": mark, "text": text, "key": key, "current": current}


@register.filter
def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
