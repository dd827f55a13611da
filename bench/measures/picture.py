"""The picture of how cost grows, drawn by hand as SVG: a panel per question, each with its own axes from nought."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 300, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 44, 44


@dataclass(frozen=True, slots=True)
class Panel:
    """points: (x, y). is_even: the points stand at even distances, named by their x; else x is to scale, from nought."""

    title: str
    across: str
    up: str
    points: Sequence[tuple[float, float]]
    is_even: bool = False


def picture(about: str, panels: Sequence[Panel]) -> str:
    """The panels beside each other, as the text of an SVG file. about: for those who can't see it."""
    drawn = "".join(_drawn(panel, place * _WIDTH) for place, panel in enumerate(panels))
    width = _WIDTH * len(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}"'
        f' role="img" font-family="sans-serif" font-size="11" fill="#222">\n<title>{escape(about)}</title>\n'
        f'<rect width="{width}" height="{_HEIGHT}" fill="#fff"/>\n{drawn}</svg>\n'
    )


def _drawn(panel: Panel, left: float) -> str:
    highest = _round_up(max(y for _, y in panel.points))
    furthest = max(x for x, _ in panel.points)
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(place: int, x: float, y: float) -> tuple[float, float]:
        along = (place + 0.5) / len(panel.points) if panel.is_even else x / furthest
        return left + _LEFT + along * wide, _TOP + high - y / highest * high

    parts = [
        _text(left + _LEFT, 18, panel.title, "start", 'font-weight="bold" font-size="12"'),
        _text(left + _LEFT, 34, panel.up, "start", 'fill="#555"'),
        _text(left + _LEFT + wide / 2, _HEIGHT - 8, panel.across, "middle", 'fill="#555"'),
    ]
    for step in range(5):
        y = highest * step / 4
        _, up = at(0, 0, y)
        parts.append(
            f'<line x1="{left + _LEFT}" x2="{left + _LEFT + wide}" y1="{up:.1f}" y2="{up:.1f}" stroke="#ddd"/>\n'
        )
        parts.append(_text(left + _LEFT - 6, up + 4, f"{y:,g}", "end"))
    dots = [at(place, x, y) for place, (x, y) in enumerate(panel.points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#2a6f97" stroke-width="2"/>\n')
    before = float("-inf")
    for (x, _), (across, up) in zip(panel.points, dots, strict=True):
        parts.append(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="3" fill="#2a6f97"/>\n')
        if across - before > 34:  # room for a number
            parts.append(_text(across, _HEIGHT - _BOTTOM + 16, f"{x:,.0f}", "middle"))
            before = across
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(text)}</text>\n'


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8, 10 times a power of ten, so that a quarter of it is a short number."""
    power = 1.0
    while power * 10 < value:
        power *= 10
    while power > value:
        power /= 10
    return next(power * step for step in (1, 2, 4, 6, 8, 10) if power * step >= value)
