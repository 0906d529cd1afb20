"""A bar chart as SVG: CPU time per request, one group of bars per case."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.comparison import US, Result
from benchmarks.report import name_of

_COLOURS = {US: "#1f6feb", "nginx": "#2da44e", "Envoy": "#bc4c00"}
_BAR, _GAP, _LEFT, _WIDTH = 12, 10, 460, 1070


def chart(results: Sequence[Result]) -> str:
    longest = max(result.of(name).cpu_us for result in results for name in result.samples)
    scale = (_WIDTH - _LEFT - 70) / longest
    parts, y = _legend(), 44
    for result in results:
        middle = y + len(result.samples) * _BAR / 2 + 4
        parts.append(_text(_LEFT - 8, middle, name_of(result), "end"))
        for name in result.samples:
            parts += _bar(y, result.of(name).cpu_us, scale, _COLOURS[name])
            y += _BAR
        y += _GAP
    return _framed(y, parts)


def _legend() -> list[str]:
    parts = [_text(8, 20, "CPU microseconds per request, all processes of the gateway (less is better)")]
    for index, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + 260 + index * 100
        parts += [f'<rect x="{x}" y="11" width="10" height="10" fill="{colour}"/>', _text(x + 15, 20, name)]
    return parts


def _bar(y: int, value: float, scale: float, colour: str) -> list[str]:
    width = value * scale
    bar = f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" fill="{colour}"/>'
    return [bar, _text(_LEFT + width + 5, y + 9, f"{value:.1f}")]


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _framed(height: int, parts: Sequence[str]) -> str:
    style = 'font-family="system-ui, sans-serif" font-size="11" fill="#24292f"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {style}>'
    ground = f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])
