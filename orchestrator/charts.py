"""Charts as inline SVG, drawn by pygal, coloured by the page's own CSS so that they follow light and dark.

A page gives `--ink`, `--quiet` and `--series-1` to `--series-6`; `standalone` does so for a picture by itself.
"""

import functools
import hashlib
import math
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any, Concatenate, Final, ParamSpec

from orchestrator.axes import Axis, axis_over
from orchestrator.deadline import GivenUp, within

P = ParamSpec("P")
Point = tuple[float, float]


class NothingToDraw(Exception):  # noqa: N818 - named after what was found
    """None of the values is a number."""


DEADLINE: Final = 20.0
"""Seconds for one chart; those of a large run take one on a slow machine."""
MOST_SERIES: Final = 24
MOST_POINTS: Final = 2_000
MOST_ROWS: Final = 1_000
LONGEST: Final = 200
"""Characters of a title, a label or a legend."""
PALETTE: Final = tuple(f"var(--series-{number})" for number in range(1, 7))
GUIDE: Final = "rgba(128,136,148,.35)"
"""Of the lines behind the data: faint on light and on dark."""
LINE: Final[Mapping[str, Any]] = {"width": 2.5}
BROKEN: Final[Mapping[str, Any]] = {"width": 3, "dasharray": "9, 5"}
_UNWANTED: Final = re.compile(r"<script.*?</script>|<!--.*?-->", re.DOTALL)


def _pygal() -> Any:  # noqa: ANN401 - pygal has no types
    """pygal, without the import hook of Python 2's kind that it leaves behind, which makes every later failing
    import warn.
    """
    import pygal  # noqa: PLC0415 - loaded where used, so that registering runners stays light

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def _settings(title: str, height: int = 420, series: int = 1) -> dict[str, Any]:
    """series: how many; their colours begin again after the sixth, as the library cannot darken the page's own."""
    return {
        "title": title,
        "js": (),
        "disable_xml_declaration": True,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "truncate_legend": -1,
        "margin_bottom": 44,
        "width": 720,
        "height": height,
        "explicit_size": False,
        "max_scale": 8,
        "style": _style(series),
    }


def _style(series: int) -> Any:  # noqa: ANN401 - pygal has no types
    """The page's own colours and letters."""
    return _pygal().style.Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--ink)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--quiet)",
        opacity=".85",
        opacity_hover="1",
        stroke_opacity="1",
        stroke_opacity_hover="1",
        transition="0s",
        guide_stroke_color=GUIDE,
        major_guide_stroke_color=GUIDE,
        guide_stroke_dasharray="2,3",
        major_guide_stroke_dasharray="2,3",
        colors=PALETTE * (series // len(PALETTE) + 1),
        font_family="system-ui, sans-serif",
        title_font_size=18,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
    )


def _svg(chart: Any) -> str:  # noqa: ANN401 - pygal has no types
    """The picture; the random name that pygal gives each is replaced by a digest, so that the same data gives the
    same bytes.
    """
    name = str(chart.uuid)
    text = _UNWANTED.sub("", str(chart.render(is_unicode=True))).replace(name, "chart")
    return text.replace("chart-chart", f"chart-{hashlib.sha256(text.encode()).hexdigest()[:12]}")


def _drawn(draw: Callable[Concatenate[str, P], str]) -> Callable[Concatenate[str, P], str]:
    """The picture, or in its place why there is none: a chart that cannot be drawn never ends what asked for it."""

    @functools.wraps(draw)
    def tried(title: str, /, *args: P.args, **kwargs: P.kwargs) -> str:
        shown = _text(title)
        try:
            return within(DEADLINE, lambda: draw(shown, *args, **kwargs))
        except (GivenUp, NothingToDraw) as error:
            return undrawn(shown, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a library raises for figures that it did not expect
            return undrawn(shown, f"{type(error).__name__}: {error}")

    return tried


def undrawn(title: str, why: str) -> str:
    """The replacement for a chart that cannot be drawn. Returns an `<svg>` element."""
    lines = (title, f"This chart cannot be drawn: {_text(why)}")
    told = "".join(f'<text x="10" y="{28 + 24 * at}">{escape(line)}</text>' for at, line in enumerate(lines))
    look = 'font-family="system-ui, sans-serif" font-size="14" style="fill:var(--ink)"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 72" role="img" {look}>{told}</svg>'


def _text(text: str) -> str:
    """One line of limited length, without characters that XML cannot contain."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _settled(axis: Axis, name: str = "range") -> dict[str, tuple[float, float]]:
    """The setting that gives a chart its ends, where the values alone would not do."""
    return {name: (axis.low, axis.high)} if axis.widened else {}


def _finite(points: Iterable[Point]) -> list[Point]:
    """Those that are numbers, evenly thinned to as many as a picture can show."""
    kept = [point for point in points if all(map(math.isfinite, point))]
    return kept[:: -(-len(kept) // MOST_POINTS)] if kept else kept


def _some(title: str, names: Iterable[str]) -> tuple[str, list[str]]:
    """As many names of series as a legend can hold, and the title, which counts the others."""
    known = list(names)
    more = len(known) - MOST_SERIES
    return (f"{title} (the first {MOST_SERIES} of {len(known)})" if more > 0 else title), known[:MOST_SERIES]


def _require(found: Collection[object]) -> None:
    if not found:
        raise NothingToDraw("it has no value that is a number")


@_drawn
def scatter(  # noqa: PLR0913 - two of them are switches
    title: str,
    series: Mapping[str, Sequence[Point]],
    x_title: str,
    y_title: str,
    *,
    joined: bool = True,
    dots: bool = True,
) -> str:
    """Points of several series, joined in the order given, each with a dot. Returns an `<svg>` element."""
    shown, names = _some(title, series)
    lines = {name: kept for name in names if (kept := _finite(series[name]))}
    _require(lines)
    across, up = (axis_over(point[part] for line in lines.values() for point in line) for part in (0, 1))
    chart = _pygal().XY(
        **_settings(shown, series=len(lines)) | _settled(across, "xrange") | _settled(up),
        x_title=_text(across.titled(x_title)),
        y_title=_text(up.titled(y_title)),
        stroke=joined,
        dots_size=3 if not joined else 2,
        show_dots=dots,
    )
    chart.include_x_axis = not up.widened
    for name, points in lines.items():
        chart.add(_text(name), [(across.at(x), up.at(y)) for x, y in points])
    return _svg(chart)


@_drawn
def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], y_title: str) -> str:
    """Horizontal bars, a group of them per label. Returns an `<svg>` element."""
    shown, names = _some(title, series)
    axis = axis_over((value for name in names for value in series[name]), from_zero=True)
    chart = _pygal().HorizontalBar(**_settings(shown, series=len(names)), x_title=_text(axis.titled(y_title)))
    chart.x_labels = [_text(label) for label in labels[:MOST_ROWS]]
    for name in names:
        chart.add(_text(name), [axis.at(value) if math.isfinite(value) else None for value in series[name][:MOST_ROWS]])
    return _svg(chart)


@_drawn
def spans(title: str, rows: Sequence[tuple[str, float, float, int]], unit: str) -> str:
    """A Gantt chart: (label, start, end, series from 0) from top to bottom. Returns an `<svg>` element."""
    known = [row for row in rows if math.isfinite(row[1]) and math.isfinite(row[2])]
    _require(known)
    more = len(known) - MOST_ROWS
    title += f" (the first {MOST_ROWS} of {len(known)} bars)" if more > 0 else ""
    shown = list(reversed(known[:MOST_ROWS]))  # pygal draws from the bottom up
    axis = axis_over((end for _, start, last, _ in shown for end in (start, last)), from_zero=True)
    settings = _settings(title, 120 + 16 * len(shown)) | {"show_legend": False}
    settings["style"].label_font_size = settings["style"].major_label_font_size = 9
    chart = _pygal().HorizontalStackedBar(**settings, x_title=_text(axis.titled(unit)))
    chart.x_labels = [_text(label) for label, _, _, _ in shown]
    hidden = "fill: none; stroke: none"
    chart.add("before", [{"value": axis.at(start), "style": hidden} for _, start, _, _ in shown])
    lengths = [
        {"value": max(0.0, axis.at(end) - axis.at(start)), "color": PALETTE[series % len(PALETTE)]}
        for _, start, end, series in shown
    ]
    chart.add("", lengths)
    return _svg(chart)


@_drawn
def distribution(
    title: str,
    unit: str,
    values: Sequence[tuple[int, float]],
    target: float,
    intervals: Mapping[str, tuple[float, float]],
) -> str:
    """Samples by their numbers in the order in which they were taken, the target as a broken line, each interval as two
    lines.

    intervals: by what the legend calls them. Returns an `<svg>` element.
    """
    taken = _finite(values)
    _require(taken)
    levels = {"target": (target,), **intervals}
    drawn = {said: [level for level in ends if math.isfinite(level)] for said, ends in levels.items()}
    axis = axis_over([*(value for _, value in taken), *(level for ends in drawn.values() for level in ends)])
    chart = _pygal().XY(
        **_settings(title, 340, len(levels) + 1) | {"max_scale": 6} | _settled(axis),
        x_title="sample",
        y_title=_text(axis.titled(unit)),
        allow_interruptions=True,
    )
    most = max(place for place, _ in taken)
    chart.x_labels = sorted({1, most})
    chart.add("samples", [(place, axis.at(value)) for place, value in taken], stroke=False, dots_size=4)
    for said, ends in drawn.items():
        lines = [(x, y) for end in ends for x, y in ((0.5, axis.at(end)), (most + 0.5, axis.at(end)), (None, None))]
        chart.add(_text(said), lines[:-1], show_dots=False, stroke_style=BROKEN if said == "target" else LINE)
    return _svg(chart)


@_drawn
def fitted(title: str, points: Sequence[Point], line: Sequence[Point], units: tuple[str, str]) -> str:
    """Points, and the line through them from one end to the other. units: of x and y. Returns an `<svg>` element."""
    dots, ends = _finite(points), _finite(line)
    _require(dots)
    across, up = (axis_over(point[part] for point in (*dots, *ends)) for part in (0, 1))
    chart = _pygal().XY(
        **_settings(title, 340) | {"max_scale": 6} | _settled(across, "xrange") | _settled(up),
        x_title=_text(across.titled(units[0])),
        y_title=_text(up.titled(units[1])),
    )
    chart.include_x_axis = not up.widened
    chart.add("points", [(across.at(x), up.at(y)) for x, y in dots], stroke=False, dots_size=4)
    if ends:
        through = [(across.at(x), up.at(y)) for x, y in ends]
        chart.add("least squares", through, show_dots=False, stroke_style=LINE)
    return _svg(chart)


def standalone(svg: str) -> str:
    """The element as a file of its own, with colours for light and dark, since there is no page to give them."""
    light = "--ink:#1c2430;--quiet:#8b95a3;--series-1:#1f6fb4;--series-2:#d0661b;--series-3:#2c8a4b;"
    light += "--series-4:#8a4fb0;--series-5:#b3333d;--series-6:#5d6673;background:#ffffff"
    dark = "--ink:#e6eaf0;--quiet:#8d98a8;--series-1:#6db3f2;--series-2:#f2a365;--series-3:#6fcf8f;"
    dark += "--series-4:#c79bea;--series-5:#f0838b;--series-6:#a9b3c1;background:#1a2028"
    style = f"<style>svg{{{light}}}@media (prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    head, tag, rest = svg.partition(">")
    return f"{head}{tag}{style}{rest}\n"
