"""The graph as a picture: well-formed, nothing overlapping, nothing from the plan as markup."""

from xml.etree.ElementTree import fromstring

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.graph.drawing import Box, Drawing
from orchestrator.graph.layout import HEIGHT, WIDTH, lay_out
from orchestrator.graph.svg import inline_svg, to_svg


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    count = draw(st.integers(min_value=0, max_value=9))
    texts = st.text(max_size=50)
    boxes = tuple(Box(f"b{n}", "", (draw(texts), draw(texts)), draw(st.booleans()), "succeeded") for n in range(count))
    pairs = [(f"b{one}", f"b{other}", False) for other in range(count) for one in range(other)]
    return Drawing(draw(texts), {}, boxes, tuple(draw(st.sets(st.sampled_from(pairs)))) if pairs else ())


@settings(max_examples=40, deadline=None)
@given(drawings())
def test_no_two_boxes_overlap_and_every_arrow_goes_to_the_right(drawing: Drawing) -> None:
    layout = lay_out(drawing)
    places = list(layout.places.values())
    for index, (x, y) in enumerate(places):
        assert 0 <= x <= layout.width - WIDTH
        assert 0 <= y <= layout.height - HEIGHT
        assert all(abs(x - u) >= WIDTH or abs(y - v) >= HEIGHT for u, v in places[index + 1 :])
    fromstring(to_svg(drawing))
    assert all(layout.places[one][0] < layout.places[other][0] for one, other, _ in drawing.arrows)


def test_a_label_is_text_and_never_markup() -> None:
    box = Box("A.a", "", ("A.a", "<script>&\"'", "1s"), True, "failed")
    picture = fromstring(to_svg(Drawing("<T>", {}, (box,), ())))
    assert "<script>&\"'" in [one.text for one in picture.iter() if one.tag.endswith("text")]
    assert not [one for one in picture.iter() if one.tag.endswith("script")]


def test_a_box_leads_where_its_page_says() -> None:
    box = Box("A.a", "", ("A.a",), False, "")
    assert '<a href="#there">' in inline_svg(Drawing("T", {}, (box,), ()), lambda _name: "#there")
    assert "<a " not in inline_svg(Drawing("T", {}, (box,), ()), lambda _name: None)
