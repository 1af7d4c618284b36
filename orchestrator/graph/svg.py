"""The graph as an SVG picture, by itself or within a page. Colours are CSS, so they follow light and dark."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from orchestrator.graph.drawing import Box, Drawing
from orchestrator.graph.layout import HEIGHT, WIDTH, Layout, lay_out

LETTERS: Final = (28, 34, 34)
"""How many letters of each of a box's lines fit into it."""
LINE: Final = 17

STYLE: Final = """
svg.graph{--box:#fff;--ink:#1c2430;--line:#8b95a3;--path:#c2410c;--succeeded:#1a7f37;--failed:#cf222e;--cancelled:#9a6700;
--skipped:#8b95a3;--running:#0969da;font:12px system-ui,sans-serif}
@media (prefers-color-scheme:dark){svg.graph{--box:#1f2630;--ink:#e6eaf0;--line:#6b7686;--path:#fb923c;--succeeded:#4ac26b;
--failed:#ff7b72;--cancelled:#e3b341;--skipped:#6b7686;--running:#6cb6ff}}
"""  # noqa: E501
"""The colours if no page gives them."""

RULES: Final = """
svg.graph rect{fill:var(--box);stroke:var(--line)}svg.graph text{fill:var(--ink)}svg.graph .id{font-weight:600}
svg.graph .arrow{fill:none;stroke:var(--line);stroke-width:1.3}svg.graph .critical{stroke:var(--path);stroke-width:2.5}
svg.graph .succeeded .bar{fill:var(--succeeded)}svg.graph .failed .bar{fill:var(--failed)}svg.graph .cancelled .bar{fill:var(--cancelled)}
svg.graph .skipped .bar{fill:var(--skipped)}svg.graph .running .bar{fill:var(--running)}svg.graph .pending .bar{fill:none}
svg.graph .bar{stroke:none}svg.graph .failed rect,svg.graph .running rect{stroke-width:2}
"""  # noqa: E501


def to_svg(drawing: Drawing) -> str:
    """A picture by itself, with its own colours."""
    return _svg(drawing, f"<style>{STYLE}{RULES}</style>", lambda _name: None)


def inline_svg(drawing: Drawing, link: Callable[[str], str | None]) -> str:
    """The `<svg>` of a page that has RULES and the colours. link: where a box leads, by its name; None for nowhere."""
    return _svg(drawing, "", link)


def _svg(drawing: Drawing, style: str, link: Callable[[str], str | None]) -> str:
    layout = lay_out(drawing)
    size = f"{layout.width:.0f} {layout.height:.0f}"
    head = (
        f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="group" '
        f'aria-label="{escape(_plain(drawing.title))}">'
    )
    return "\n".join([head, style, MARKERS, *_arrows(drawing, layout), *_boxes(drawing, layout, link), "</svg>"]) + "\n"


MARKERS: Final = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="var(--line)"/></marker>'
    '<marker id="tip-critical" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="var(--path)"/></marker></defs>'
)


def _arrows(drawing: Drawing, layout: Layout) -> Iterator[str]:
    for one, other, critical in drawing.arrows:
        (x, y), (to_x, to_y) = layout.places[one], layout.places[other]
        begin, end = (x + WIDTH, y + HEIGHT / 2), (to_x, to_y + HEIGHT / 2)
        bend = (end[0] - begin[0]) / 2
        curve = f"C{begin[0] + bend:.0f} {begin[1]:.0f} {end[0] - bend:.0f} {end[1]:.0f} {end[0]:.0f} {end[1]:.0f}"
        kind, tip = ("arrow critical", "tip-critical") if critical else ("arrow", "tip")
        yield f'<path class="{kind}" marker-end="url(#{tip})" d="M{begin[0]:.0f} {begin[1]:.0f}{curve}"/>'


def _boxes(drawing: Drawing, layout: Layout, link: Callable[[str], str | None]) -> Iterator[str]:
    for box in drawing.boxes:
        target = link(box.name)
        picture = "".join(_box(box, *layout.places[box.name]))
        yield f'<a href="{escape(target)}">{picture}</a>' if target else picture


def _box(box: Box, x: float, y: float) -> Iterator[str]:
    told = ", ".join(part for part in (*box.lines, box.outcome, "on the critical path" if box.critical else "") if part)
    yield f'<g class="box {box.outcome}" transform="translate({x:.0f} {y:.0f})"><title>{escape(_plain(told))}</title>'
    critical = ' class="critical"' if box.critical else ""
    yield (
        f'<rect{critical} width="{WIDTH}" height="{HEIGHT}" rx="6"/><rect class="bar" x="1" y="1" width="6" '
        f'height="{HEIGHT - 2}" rx="3"/>'
    )
    for index, (line, most) in enumerate(zip(box.lines, LETTERS, strict=False)):
        kind = ' class="id"' if index == 0 else ""
        yield f'<text{kind} x="15" y="{19 + index * LINE}">{escape(_short(line, most))}</text>'
    yield "</g>"


def _short(text: str, most: int) -> str:
    text = _plain(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _plain(text: str) -> str:
    """Without control characters, which XML forbids."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
