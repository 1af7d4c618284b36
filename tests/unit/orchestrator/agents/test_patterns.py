import pytest

from orchestrator.agents.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("src/**", "src/a/b.py", True), ("src/**", "src/a", True), ("src/**", "srcs/a", False), ("src/**", "a/src/b",
        False),
        ("src/", "src/a/b", True), ("src/*", "src/a", True), ("src/*", "src/a/b", False), ("*.py", "a.py", True),
        ("*.py", "b/a.py", False),
        ("**/*.py", "a.py", True), ("**/*.py", "b/c/a.py", True), ("a/**/z", "a/z", True), ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "a/bz", False),
        ("a?c", "abc", True), ("a?c", "a/c", False), ("./src/x", "src/x", True), ("[a].py", "[a].py", True), ("[a].py",
        "a.py", False),
        ("a.c", "abc", False), ("src/**", "src/with\nbreak", True), ("a***b", "axb", True), ("SRC/**", "src/a", False),
    ],
)  # fmt: skip
def test_a_pattern_means_what_the_docs_say(pattern, path, expected):
    assert matches(path, [pattern]) is expected


def test_no_pattern_matches_nothing():
    assert not matches("src/a", [])
