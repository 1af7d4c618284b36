import sys

from orchestrator.agents.script_steps import STEPS

ANSWERS = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked["method"] == "tools/call":
        told = {"content": [{"type": "text", "text": "noted"}]}
        print(json.dumps({"jsonrpc": "2.0", "method": "notifications/message"}), flush=True)
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": told}), flush=True)
    elif "id" in asked:
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": {}}), flush=True)
"""


class Agent:
    def __init__(self, program):
        self.said = []
        self.servers = [{"name": "orchestrate", "command": sys.executable, "args": ["-c", program]}]

    def update(self, _kind, content):
        self.said.append(content["text"])


def test_a_step_that_calls_a_tool_says_what_the_server_answers():
    agent = Agent(ANSWERS)
    STEPS["tool"](agent, {"name": "progress", "with": {"text": "half"}})
    assert agent.said == ["[progress] noted"]


def test_a_server_that_ends_without_an_answer_is_said_to_have_given_none():
    agent = Agent("")
    STEPS["tool"](agent, {"name": "progress"})
    assert agent.said == ["[progress] no answer"]
