"""The command line itself: its verbs by name. The modules named `…_verbs` declare their parameters."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from orchestrator.cli.collecting import collect_seldom, leave_the_rest
from orchestrator.cli.faults import code_of
from orchestrator.cli.plainly import arguments_of
from orchestrator.cli.streams import make_safe
from orchestrator.leaving import leave_on_signals

EVERY: Final = "*"
PLAN_FILES: Final = frozenset({".yaml", ".yml", ".json"})

VERBS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "init": ("plan_verbs:init", ("orchestrate init my-plan", "orchestrate init plans/mine.yaml")),
    "import": (
        "plan_verbs:import_",
        (
            "orchestrate import plans/phase4a3.md",
            "orchestrate import -o plan.yaml tasks.json",
            "orchestrate import --driver acp --program codex-acp -o plan.yaml PLAN.md",
            "orchestrate import --agents .github/agents -o filled.yaml plan.yaml",
        ),
    ),
    "validate": (
        "plan_verbs:validate",
        ("orchestrate validate plans/phase4a3.yaml", "orchestrate validate --json plan.yaml | jq .problems"),
    ),
    "graph": (
        "plan_verbs:graph",
        ("orchestrate graph plan.yaml > plan.mmd", "orchestrate graph -f svg -o plan.svg plan.yaml"),
    ),
    "schedule": (
        "plan_verbs:schedule",
        (
            "orchestrate schedule plans/phase4a3.yaml",
            "orchestrate schedule --json plan.yaml | jq .critical_path",
            "orchestrate schedule --optimize --time-limit 30s plan.yaml",
        ),
    ),
    "diff": (
        "plan_verbs:diff",
        (
            "orchestrate diff plans/phase4a3.yaml",
            "orchestrate diff main plans/phase4a3.yaml",
            "orchestrate diff -f markdown old.yaml new.yaml",
        ),
    ),
    "schema": ("plan_verbs:schema", ("orchestrate schema -o plan.schema.json",)),
    "doctor": (
        "plan_verbs:doctor",
        ("orchestrate doctor", "orchestrate doctor --json | jq '.[] | select(.state == \"bad\")'"),
    ),
    "run": (
        "run_verbs:run",
        (
            "orchestrate run plans/phase4a3.yaml",
            "orchestrate run --set stream_size=64MiB --only A plans/phase4a3.yaml",
            "orchestrate run --dry-run plan.yaml",
            "orchestrate run --dry-run --explain plan.yaml",
            "orchestrate run --force A.sweep plan.yaml",
            "orchestrate run --notify SLACK_URL plan.yaml",
            "orchestrate run --json plan.yaml | jq -r .event.kind",
        ),
    ),
    "resume": ("run_verbs:resume", ("orchestrate resume", "orchestrate resume phase4a3-20260101T120000Z-1a2b")),
    "cancel": (
        "run_verbs:cancel",
        ("orchestrate cancel", "orchestrate cancel --wait 60 phase4a3-20260101T120000Z-1a2b"),
    ),
    "status": ("past_verbs:status", ("orchestrate status", "orchestrate status --json | jq .verdicts")),
    "logs": (
        "past_verbs:logs",
        (
            "orchestrate logs",
            "orchestrate logs A.sweep",
            "orchestrate logs phase4a3-2026 A.sweep --attempt 1 -n 20",
            "orchestrate logs -f A.sweep",
        ),
    ),
    "watch": ("past_verbs:watch", ("orchestrate watch", "orchestrate watch --json | jq -r .event.kind")),
    "history": (
        "past_verbs:history",
        (
            "orchestrate history",
            "orchestrate history --json | jq -r '.[-1].run'",
            "orchestrate history --metric streaming.speedup",
        ),
    ),
    "compare": (
        "past_verbs:compare",
        ("orchestrate compare phase4a3-20260101", "orchestrate compare --json FIRST SECOND | jq .metrics"),
    ),
    "report": (
        "past_verbs:report",
        (
            "orchestrate report",
            "orchestrate report --full -o report.md phase4a3-2026",
            "orchestrate report --reports reports",
            "orchestrate report -f html -o report.html",
            "orchestrate report --json | jq .claims",
        ),
    ),
    "audit": (
        "claim_verbs:audit",
        (
            "orchestrate audit COMPLETION_REPORT.md",
            "orchestrate audit --run phase4a3-2026 --plan plans/phase4a3.yaml COMPLETION_REPORT.md",
            "orchestrate audit --run reports/phase4a3-20261129T152411Z-358c.md --junit claims.xml pr-text.md",
            "orchestrate audit --json last-message.txt | jq '.claims[] | select(.label == \"contradicted\")'",
        ),
    ),
    "serve": (
        "past_verbs:serve",
        ("orchestrate serve", "orchestrate serve --port 0 --state .orchestrate", "orchestrate serve --agent VELOCITY"),
    ),
    "export": (
        "past_verbs:export",
        (
            "orchestrate export",
            "orchestrate export -o run.tar --junit verdicts.xml phase4a3-2026",
            "orchestrate export --key key.pem -o run.tar",
            "orchestrate export --otlp",
        ),
    ),
    "mcp": ("agent_verbs:mcp", ("orchestrate mcp VELOCITY", "orchestrate mcp VELOCITY --state /project/.orchestrate")),
    "inbox": ("people_verbs:inbox", ("orchestrate inbox", "orchestrate inbox --json | jq -r '.[].commands[0]'")),
    "approve": (
        "people_verbs:approve",
        (
            "orchestrate approve phase4a3-2026 INTEGRATION.review",
            "orchestrate approve phase4a3-2026 INTEGRATION.review --as 'Ada' --comment 'Read it all.'",
        ),
    ),
    "reject": (
        "people_verbs:reject",
        ("orchestrate reject phase4a3-2026 INTEGRATION.review --comment 'The pool never shrinks.'",),
    ),
    "done": ("people_verbs:done", ("orchestrate done phase4a3-2026 A.order-disks",)),
    "answer": ("people_verbs:answer", ("orchestrate answer phase4a3-2026 A.pool/1 --text 'Keep the old name.'",)),
    "workspaces": (
        "agent_verbs:workspaces",
        (
            "orchestrate workspaces",
            "orchestrate workspaces --prune",
            "orchestrate workspaces --json agents-2026 | jq -r '.[].branch'",
        ),
    ),
    "agent-script": ("agent_verbs:agent_script", ("orchestrate agent-script honest.yaml",)),
    "verify": (
        "past_verbs:verify",
        (
            "orchestrate verify",
            "orchestrate verify run.tar",
            "orchestrate verify --key key.pub run.tar",
            "orchestrate verify --json phase4a3-2026 | jq .ok",
        ),
    ),
}
"""The function of each verb, in a module beside this one, and its examples; in the order of `orchestrate --help`."""


def function_of(verb: str) -> Callable[..., int | None]:
    """What a verb of ours does; its module is imported for that."""
    module, _, name = VERBS[verb][0].partition(":")
    function: Callable[..., int | None] = getattr(import_module(f"orchestrator.cli.{module}"), name)
    return function


def main() -> None:
    """Run the command line and exit with one of the documented codes."""
    leave_on_signals()  # as `start` did, unless this is where the command begins
    make_safe()
    collect_seldom()
    arguments = force_all(sys.argv[1:])
    try:
        sys.exit(carried_out(arguments))
    finally:
        leave_the_rest()


def carried_out(arguments: Sequence[str]) -> int:
    """Do what the command line says; its exit code."""
    verb, *words = arguments or [""]
    given = arguments_of(function_of(verb), words) if verb in VERBS else None
    if given is not None:
        return code_of(function_of(verb), **given)
    from orchestrator.cli.application import read_by_typer  # noqa: PLC0415 - slow to load

    return read_by_typer(arguments)


def force_all(arguments: Sequence[str]) -> list[str]:
    """`--force` with no name after it means every task; typer's options always take a value. A plan's file is no
    name.
    """
    following = [*arguments[1:], "--"]
    return [
        f"--force={EVERY}"
        if each == "--force" and (after.startswith("-") or Path(after).suffix in PLAN_FILES)
        else each
        for each, after in zip(arguments, following, strict=False)
    ]
