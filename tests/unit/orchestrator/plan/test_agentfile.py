"""Agent files as coding agents have them."""

import pytest

from orchestrator.plan.agentfile import SIZE_LIMIT, AgentFileError, parse_agent_file

FILE = """---
name: VELOCITY
description: Makes things fast
id: 05
tools: [read, edit]
---

# Velocity

Be fast.
"""


def test_front_matter_and_body_are_read_and_unknown_keys_kept_as_they_are_written():
    found = parse_agent_file(FILE, "v.agent.md")
    assert (found.name, found.description, found.instructions) == (
        "VELOCITY",
        "Makes things fast",
        "# Velocity\n\nBe fast.",
    )
    assert found.other == {"id": "05", "tools": "['read', 'edit']"}


def test_a_file_without_front_matter_is_named_by_its_file():
    found = parse_agent_file("Be fast.\n", ".claude/agents/fast.md")
    assert (found.name, found.description, found.instructions) == ("fast", "", "Be fast.")


def test_a_long_file_and_other_line_ends_will_do():
    assert len(parse_agent_file("x" * 34_000, "x.md").instructions) == 34_000
    assert parse_agent_file("\ufeff" + FILE.replace("\n", "\r\n"), "x.md").name == "VELOCITY"


def test_any_change_is_another_digest():
    assert parse_agent_file(FILE, "a").digest != parse_agent_file(FILE + " ", "a").digest


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("---\nname: x\n", "the front matter has no end"), ("---\n- a\n---\n", "is not a mapping"), ("---\na: [\n---\n",
        "is not YAML"),
        ("x" * (SIZE_LIMIT + 1), "stay within"), ("---\n" + "[" * 5000 + "\n---\n", "is not YAML"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_where_and_how_to_mend_it(text, what):
    with pytest.raises(AgentFileError, match=what) as raised:
        parse_agent_file(text, "x.md")
    assert "mend:" in str(raised.value)
    assert str(raised.value).startswith("x.md:")
