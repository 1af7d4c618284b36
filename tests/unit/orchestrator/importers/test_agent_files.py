"""Agent files into a plan: only where its agents stand, and with what is not understood told."""

import json

import pytest
import yaml

from orchestrator.importers.agentfiles import Found, NoAgentsPlaceError, fill_agents, identifier, specialty
from orchestrator.plan.agentfile import parse_agent_file
from orchestrator.plan.load import parse_plan

FAST = (
    "---\nname: FAST\ndescription: Making things fast - profiling, caches\ntier: 1\nid: 05\n---\n\n# Fast\n\nMeasure "
    "first.\n"
)
CALM = "---\nname: calm-reviewer\ndescription: Reviews\n---\nBe calm.\n"
REST = """\
workstreams:
  A:
    title: Alpha   # stays
    lead: FAST
    tasks: [{id: one, title: One, command: ["true"]}]
"""
HEAD = "schema: 1\nid: p\ntitle: P\n# who does it\n"


def found(text, name):
    return Found(f".github/agents/{name}.agent.md", parse_agent_file(text, f"{name}.agent.md"))


FILES = [found(FAST, "FAST"), found(CALM, "CALM")]


@pytest.mark.parametrize(
    "agents",
    [
        "agents:\n  FAST: {specialty: Speed, driver: command}\n  # more\n  OTHER:\n    specialty: Else\n",
        "agents: {FAST: {specialty: Speed, driver: command}, OTHER: {specialty: Else}}\n",
        "agents:\n  FAST:\n    # first\n    specialty: Speed\n    driver: command\n  OTHER: {specialty: Else}\n",
    ],
    ids=["mixed", "flow", "block"],
)
def test_a_plans_agents_are_filled_where_they_stand(agents):
    before = HEAD + agents + REST
    filled = fill_agents(FILES, before).text
    plan = parse_plan(filled, "plan.yaml")
    fast, calm = plan.agents["FAST"], plan.agents["calm-reviewer"]
    assert (fast.specialty, fast.from_, fast.driver) == ("Speed", ".github/agents/FAST.agent.md", "command")
    assert (calm.specialty, calm.from_) == ("Reviews", ".github/agents/CALM.agent.md")
    assert plan.agents["OTHER"].from_ is None
    assert filled.startswith(HEAD)
    assert filled.endswith(REST)
    assert all(line in filled for line in before.splitlines() if "#" in line)


def test_an_agent_without_a_specialty_gets_the_description():
    filled = fill_agents(FILES, HEAD + "agents:\n  FAST: {driver: command}\n" + REST).text
    assert parse_plan(filled, "p").agents["FAST"].specialty == "Making things fast - profiling, caches"


def test_a_plan_without_agents_gets_them_before_its_workstreams():
    filled = fill_agents(FILES, HEAD + REST).text
    assert set(parse_plan(filled, "p").agents) == {"FAST", "calm-reviewer"}


def test_without_a_plan_the_part_agents_is_written():
    assert set(yaml.safe_load(fill_agents(FILES, None).text)["agents"]) == {"FAST", "calm-reviewer"}


def test_keys_that_mean_nothing_are_told_and_what_is_there_already_stays():
    plan = HEAD + "agents:\n  FAST: {specialty: S, from: other.md}\n" + REST
    filled = fill_agents(FILES, plan)
    told = [note.text for note in filled.notes]
    assert any("`tier`, `id`" in text for text in told)
    assert any("from other.md already" in text for text in told)
    assert parse_plan(filled.text, "p").agents["FAST"].from_ == "other.md"


def test_two_files_of_one_agent_are_told_and_the_first_counts():
    filled = fill_agents([found(FAST, "A"), found(FAST, "B")], None)
    assert yaml.safe_load(filled.text)["agents"]["FAST"]["from"].endswith("A.agent.md")
    assert any("is the agent FAST already" in note.text for note in filled.notes)


@pytest.mark.parametrize(
    "said",
    ["yes", "a: b # c", "${name}", "'quoted\"", "- dash", "x" * 500, "\u2028 odd", "{flow}", "1:30", "@at", "ünïcode"],
)
def test_whatever_a_description_says_comes_back_as_text(said):
    file = parse_agent_file(f"---\nname: FAST\ndescription: {json.dumps(said)}\n---\nx\n", "f")
    plan = parse_plan(fill_agents([Found("f.md", file)], HEAD + REST).text, "p")
    assert plan.agents["FAST"].specialty == specialty(file).replace("$${", "${")


@pytest.mark.parametrize("text", ["[1, 2]", "{a: 1}", "agents: [1]\n", "a: [", ""])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(NoAgentsPlaceError):
        fill_agents(FILES, text)


@pytest.mark.parametrize(("name", "word"), [("Code reviewer!", "Code_reviewer"), ("7 of 9", "A7_of_9"), ("", "A")])
def test_a_name_becomes_one_that_a_plan_can_have(name, word):
    assert identifier(name) == word
