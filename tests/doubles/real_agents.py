"""How each real agent is set up for the scripted model: the table that `.ci/real-agent` and the tests marked `agents`
share.

python tests/doubles/real_agents.py packages NAME     what to install, for `.ci/real-agent`
python tests/doubles/real_agents.py program NAME      what to start
"""

import json
import sys
from dataclasses import dataclass, field

KEY = "sk-canary-4f1c"
CODEX = """model = "scripted"
model_provider = "metered"
[model_providers.metered]
name = "metered"
base_url = "${proxy.openai}"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
"""
GEMINI = {
    "security": {"auth": {"selectedType": "gemini-api-key"}},
    "model": {"name": "gemini-2.5-pro"},  # by default it asks a model which model to ask
    "general": {"disableAutoUpdate": True},
    "privacy": {"usageStatisticsEnabled": False},
}
OPENCODE = {
    "provider": {
        "metered": {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": "${proxy.openai}", "apiKey": "{env:OPENAI_API_KEY}"},
            "models": {"scripted": {"name": "scripted", "limit": {"context": 100_000, "output": 8_000}}},
        }
    },
    "model": "metered/scripted",
    "permission": {"edit": "ask", "bash": "ask", "external_directory": "ask"},
    "autoupdate": False,
}
VIBE = """active_model = "scripted"
enable_update_checks = false
enable_telemetry = false
[[providers]]
name = "metered"
api_base = "${proxy.openai}"
api_key_env_var = "OPENAI_API_KEY"
[[models]]
name = "scripted"
provider = "metered"
alias = "scripted"
"""
QWEN = {"security": {"auth": {"selectedType": "openai"}}, "model": {"name": "scripted"},
        "general": {"disableAutoUpdate": True}, "tools": {"toolSearch": {"enabled": False}},
        "privacy": {"usageStatisticsEnabled": False}}  # fmt: skip


@dataclass(frozen=True)
class RealAgent:
    """One agent. packages: of npm or PyPI, pinned; program: of theirs, with its arguments. settings: variables that it
    gets beside its key; home: its files. escalates: further arguments with which it asks to leave its own sandbox.
    ends_refused: whether it ends its turn where it is refused something. slow: times the patience that Codex needs.
    reads_first: whether it writes no file that it has not read.
    """

    packages: tuple[str, ...]
    program: tuple[str, ...]
    key: str
    base: str
    mode: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    escalates: dict[str, str] = field(default_factory=dict)
    ends_refused: bool = False
    slow: int = 1
    reads_first: bool = False

    @property
    def below(self) -> str:
        """What of the base's path stands in the variable."""
        return "/v1" if self.base == "OPENAI_BASE_URL" else ""


OPENAI = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
AGENTS = {
    "codex": RealAgent(
        ("@agentclientprotocol/codex-acp@2.6.0",),
        ("codex-acp",),
        *OPENAI,
        mode="workspace-write",
        home={".codex/config.toml": CODEX},
        escalates={"sandbox_permissions": "require_escalated", "justification": "I need it"},
        ends_refused=True,
    ),
    "gemini": RealAgent(
        ("@google/gemini-cli@0.61.0",),
        ("gemini", "--acp"),
        "GEMINI_API_KEY",
        "GOOGLE_GEMINI_BASE_URL",
        home={".gemini/settings.json": json.dumps(GEMINI)},
        slow=5,
    ),
    "claude": RealAgent(
        ("@agentclientprotocol/claude-agent-acp@0.101.0", "node@22"),
        ("claude-agent-acp",),
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_BASE_URL",
        mode="default",
        settings={"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "ENABLE_TOOL_SEARCH": "false"},
        slow=5,
    ),
    "opencode": RealAgent(
        ("opencode-ai@1.18.33",),
        ("opencode", "acp"),
        *OPENAI,
        settings={"OPENCODE_DISABLE_MODELS_FETCH": "1"},
        home={".config/opencode/opencode.json": json.dumps(OPENCODE)},
        ends_refused=True,
        slow=5,
    ),
    "qwen": RealAgent(
        ("@qwen-code/qwen-code@0.24.4", "node@22"),
        ("qwen", "--acp"),
        *OPENAI,
        settings={"OPENAI_MODEL": "scripted"},
        home={".qwen/settings.json": json.dumps(QWEN)},
        ends_refused=True,
        reads_first=True,
        slow=5,
    ),
    "vibe": RealAgent(
        ("mistral-vibe==3.0.3",),
        ("vibe-acp",),
        *OPENAI,
        home={".vibe/config.toml": VIBE},
        slow=5,
    ),
}

if __name__ == "__main__":
    asked, named = sys.argv[1], AGENTS[sys.argv[2]]
    sys.stdout.write(" ".join(named.packages if asked == "packages" else named.program[:1]) + "\n")
