"""Charts as inline SVG, drawn by pygal, coloured by the page's own CSS so that they follow light and dark."""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

PALETTE: Final = tuple(f"var(--series-{number})" for number in range(1, 7))
_UNWANTED: Final = re.compile(r"<script.*?</script>|<!--.*?-->", re.DOTALL)


def _pygal() -> Any:  # noqa: ANN401 - pygal has no types
    """pygal, without the import hook of Python 2's kind that it leaves behind, which makes every later failing import warn."""
    import pygal  # noqa: PLC0415 - loaded where used, so that registering runners stays light

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def _settings(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "js": (),
        "disable_xml_declaration": True,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "width": 720,
        "height": 420,
        "explicit_size": False,
        "style": _pygal().style.Style(
            background="transparent",
            plot_background="transparent",
            foreground="var(--ink)",
            foreground_strong="var(--ink)",
            foreground_subtle="var(--quiet)",
            opacity=".85",
            opacity_hover="1",
            transition="0s",
            colors=PALETTE,
            font_family="system-ui, sans-serif",
            title_font_size=18,
            label_font_size=13,
            major_label_font_size=13,
            legend_font_size=14,
        ),
    }


def _svg(chart: Any) -> str:  # noqa: ANN401 - pygal has no types
    return _UNWANTED.sub("", str(chart.render(is_unicode=True)))


def scatter(
    title: str, series: Mapping[str, Sequence[tuple[float, float]]], x_title: str, y_title: str, *, joined: bool = True
) -> str:
    """Points of several series, joined in the order given. Returns an `<svg>` element."""
    chart = _pygal().XY(
        **_settings(title), x_title=x_title, y_title=y_title, stroke=joined, dots_size=3 if not joined else 2
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


def standalone(svg: str) -> str:
    """The element as a file of its own, with colours for light and dark, since there is no page to give them."""
    light = "--ink:#1c2430;--quiet:#8b95a3;--series-1:#1f6fb4;--series-2:#d0661b;--series-3:#2c8a4b;"
    light += "--series-4:#8a4fb0;--series-5:#b3333d;--series-6:#5d6673;background:#ffffff"
    dark = "--ink:#e6eaf0;--quiet:#8d98a8;--series-1:#6db3f2;--series-2:#f2a365;--series-3:#6fcf8f;"
    dark += "--series-4:#c79bea;--series-5:#f0838b;--series-6:#a9b3c1;background:#1a2028"
    style = f"<style>svg{{{light}}}@media (prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    head, tag, rest = svg.partition(">")
    return f"{head}{tag}{style}{rest}\n"
