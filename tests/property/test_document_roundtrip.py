import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encoder.block.codec import decode_block, encode_block, warm
from encoder.detect.records import cut_blocks
from encoder.strategy import BackEnd, Strategy, TreeType

warm()
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(['"', "\\", "},{", "a: b", "\n", "\x00\x01\x02", "é", "\ud800"]),
)
keys = st.one_of(st.sampled_from(["id", "name", "a", "é", ""]), st.text(max_size=6))
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=8) | st.dictionaries(keys, inner, max_size=8), max_leaves=60
)
layouts = st.sampled_from([{"separators": (",", ":")}, {"indent": 2}, {}, {"indent": 1, "ensure_ascii": False}])


def spelt(tree, layout, times):
    """The tree as JSON, repeated as members of one array."""
    return json.dumps([tree] * times, **layout).encode("utf-8", "surrogatepass")


def as_xml(tree, tag="r"):
    """The tree as elements and attributes, whatever is in its strings."""
    if isinstance(tree, dict):
        inner = "".join(as_xml(value, "k") for value in tree.values())
        return f'<{tag} n="{len(tree)}">{inner}</{tag}>'
    if isinstance(tree, list):
        return f"<{tag}>{''.join(as_xml(value, 'i') for value in tree)}</{tag}>\n"
    return f"<{tag}>{tree}</{tag}>"


def check(data, block_size, tree):
    strategy = Strategy(tree, BackEnd.ZSTD, 1)
    blocks = [bytes(block) for block in cut_blocks(memoryview(data), block_size)]
    assert b"".join(blocks) == data
    for block in blocks:
        assert decode_block(encode_block(block, strategy), len(block)) == block


@unhurried
@given(trees, layouts, st.integers(1, 30), st.integers(40, 3000), st.sampled_from([TreeType.JSON, TreeType.JSON_LINES]))
def test_a_nested_document_comes_back_wherever_its_blocks_are_cut(tree, layout, times, block_size, kind):
    check(spelt(tree, layout, times), block_size, kind)


@unhurried
@given(trees, layouts, st.integers(0, 400), st.integers(0, 400))
def test_any_part_of_a_document_comes_back(tree, layout, skipped, dropped):
    data = spelt(tree, layout, 12)
    check(data[skipped : max(skipped, len(data) - dropped)], 1 << 20, TreeType.JSON)


@unhurried
@given(trees, st.integers(1, 30), st.integers(40, 3000))
def test_nested_elements_come_back_wherever_their_blocks_are_cut(tree, times, block_size):
    check((as_xml(tree) * times).encode("utf-8", "surrogatepass"), block_size, TreeType.XML)
