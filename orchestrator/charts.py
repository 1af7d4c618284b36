"""Charts as inline SVG, drawn by pygal, coloured by the page's own CSS so that they follow light and dark.

A page gives `--ink`, `--quiet` and `--series-1` to `--series-6`; `standalone` does so for a picture by itself.
"""

import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

PALETTE: Final = tuple(f"var(--series-{number})" for number in range(1, 7))
GUIDE: Final = "rgba(128,136,148,.35)"
"""Of the lines behind the data: faint on light and on dark."""
LINE: Final[Mapping[str, Any]] = {"width": 2.5}
BROKEN: Final[Mapping[str, Any]] = {"width": 3, "dasharray": "9, 5"}
_UNWANTED: Final = re.compile(r"<script.*?</script>|<!--.*?-->", re.DOTALL)


def _pygal() -> Any:  # noqa: ANN401 - pygal has no types
    """pygal, without the import hook of Python 2's kind that it leaves behind, which makes every later failing import warn."""
    import pygal  # noqa: PLC0415 - loaded where used, so that registering runners stays light

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def _settings(title: str, height: int = 420) -> dict[str, Any]:
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
        "style": _pygal().style.Style(
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
            colors=PALETTE,
            font_family="system-ui, sans-serif",
            title_font_size=18,
            label_font_size=13,
            major_label_font_size=13,
            legend_font_size=14,
        ),
    }


def _svg(chart: Any) -> str:  # noqa: ANN401 - pygal has no types
    """The picture; the random name that pygal gives each is replaced by a digest, so that the same data gives the same bytes."""
    name = str(chart.uuid)
    text = _UNWANTED.sub("", str(chart.render(is_unicode=True))).replace(name, "chart")
    return text.replace("chart-chart", f"chart-{hashlib.sha256(text.encode()).hexdigest()[:12]}")


def scatter(  # noqa: PLR0913 - two of them are switches
    title: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    x_title: str,
    y_title: str,
    *,
    joined: bool = True,
    dots: bool = True,
) -> str:
    """Points of several series, joined in the order given, each with a dot. Returns an `<svg>` element."""
    chart = _pygal().XY(
        **_settings(title),
        x_title=x_title,
        y_title=y_title,
        stroke=joined,
        dots_size=3 if not joined else 2,
        show_dots=dots,
    )
    chart.include_x_axis = True
    for name, points in series.items():
        chart.add(name, list(points))
    return _svg(chart)


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], y_title: str) -> str:
    """Horizontal bars, a group of them per label. Returns an `<svg>` element."""
    chart = _pygal().HorizontalBar(**_settings(title), x_title=y_title)
    chart.x_labels = list(labels)
    for name, values in series.items():
        chart.add(name, list(values))
    return _svg(chart)


def spans(title: str, rows: Sequence[tuple[str, float, float, int]], unit: str) -> str:
    """A Gantt chart: (label, start, end, series from 0) from top to bottom. Returns an `<svg>` element."""
    settings = _settings(title, 120 + 16 * len(rows)) | {"show_legend": False}
    settings["style"].label_font_size = settings["style"].major_label_font_size = 9
    chart = _pygal().HorizontalStackedBar(**settings, x_title=unit)
    shown = list(reversed(rows))  # pygal draws from the bottom up
    chart.x_labels = [label for label, _, _, _ in shown]
    chart.add("before", [{"value": start, "style": "fill: none; stroke: none"} for _, start, _, _ in shown])
    lengths = [{"value": end - start, "color": PALETTE[series % len(PALETTE)]} for _, start, end, series in shown]
    chart.add("", lengths)
    return _svg(chart)


def distribution(
    title: str,
    unit: str,
    values: Sequence[tuple[int, float]],
    target: float,
    intervals: Mapping[str, tuple[float, float]],
) -> str:
    """Samples by their numbers in the order in which they were taken, the target as a broken line, each interval as two lines.

    intervals: by what the legend calls them. Returns an `<svg>` element.
    """
    chart = _pygal().XY(
        **_settings(title, 340) | {"max_scale": 6}, x_title="sample", y_title=unit, allow_interruptions=True
    )
    most = values[-1][0]
    chart.x_labels = sorted({1, most})
    ends = (0.5, most + 0.5)
    chart.add("samples", list(values), stroke=False, dots_size=4)
    chart.add("target", [(end, target) for end in ends], show_dots=False, stroke_style=BROKEN)
    for said, interval in intervals.items():
        low, high = ([(end, level) for end in ends] for level in interval)
        chart.add(said, [*low, (None, None), *high], show_dots=False, stroke_style=LINE)
    return _svg(chart)


def fitted(
    title: str, points: Sequence[tuple[float, float]], line: Sequence[tuple[float, float]], units: tuple[str, str]
) -> str:
    """Points, and the line through them from one end to the other. units: of x and y. Returns an `<svg>` element."""
    chart = _pygal().XY(**_settings(title, 340) | {"max_scale": 6}, x_title=units[0], y_title=units[1])
    chart.include_x_axis = True
    chart.add("points", list(points), stroke=False, dots_size=4)
    if line:
        chart.add("least squares", list(line), show_dots=False, stroke_style=LINE)
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
