from hypothesis import given
from hypothesis import strategies as st

from workstreams.integration.merge import Change, changes_of, flatten, merge, unflatten

ORIGIN = {"name": "baseline", "block_size": 1024, "pool": {"capacity": 128, "adaptive": False}, "strategies": {}}

leaves = st.integers() | st.text(max_size=3) | st.booleans() | st.just({})
keys = st.text("abc", min_size=1, max_size=3)
documents = st.dictionaries(
    keys, st.recursive(leaves, lambda inner: st.dictionaries(keys, inner, min_size=1), max_leaves=8)
)


@given(documents)
def test_flattening_is_undone(document):
    assert unflatten(flatten(document)) == document


def test_names_are_nobodys_result():
    assert changes_of("A", ORIGIN | {"name": "mine"}, ORIGIN) == []


def test_only_what_differs_is_proposed():
    proposed = changes_of("A", ORIGIN | {"pool": {"capacity": 8, "adaptive": False}}, ORIGIN)

    assert proposed == [Change("A", "pool.capacity", 8)]


def test_the_owner_wins_a_conflict_whoever_came_first():
    first, second = Change("D", "pool.capacity", 4), Change("A", "pool.capacity", 8)
    for proposals in ([first, second], [second, first]):
        merged = merge(ORIGIN, proposals)

        assert merged.settings["pool.capacity"] == 8
        assert [(it.kept_from, it.refused_from) for it in merged.conflicts] == [("A", "D")]


def test_agreement_is_no_conflict():
    merged = merge(ORIGIN, [Change("A", "pool.capacity", 8), Change("D", "pool.capacity", 8)])

    assert merged.conflicts == ()


def test_an_empty_object_gives_way_to_what_is_put_into_it():
    merged = merge(ORIGIN, [Change("D", "strategies.log.level", 5)])

    assert unflatten(merged.settings)["strategies"] == {"log": {"level": 5}}
