"""Every fenced block of README and docs does what it says, in one folder for each page; CONTRIBUTING.md has rules."""

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from markdown_page import ROOT, Block, blocks, documentation

import orchestrator
from orchestrator import parse_plan
from orchestrator.strict_json import read_json

TAGS = {"exit", "file", "not a plan", "not run", "part of a plan", "same as", "slow"}
MOST_NOT_RUN = 14
"""Of all pages. Whoever adds one looks first for a way to run it."""
SECONDS = {"quick": 170, "slow": 3600}
"""The longest that a block may take: a hang is a failure, and how quick it is is not asked."""
BASE = {
    "schema": 1,
    "id": "base",
    "title": "What a part of a plan is put into",
    "agents": {"ONE": {"specialty": "Work", "driver": "command"}},
    "workstreams": {"A": {"title": "A", "lead": "ONE", "tasks": [{"id": "do", "title": "Do", "command": ["true"]}]}},
}


class Scratch:
    """The folder of a page, in which its blocks act one after the other. slow: also those that are tagged so."""

    def __init__(self, folder: Path, *, slow: bool) -> None:
        self.folder = folder
        self.slow = slow
        packages = Path(orchestrator.__file__).parents[1]  # the tested ones; the repository has benchmarks beside them
        self.env = os.environ | {
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "ORCHESTRATE_EVIDENCE": str(folder / "evidence.jsonl"),  # as a task has it
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "PYTHONPATH": os.pathsep.join(map(str, (packages, ROOT))),
            "REPOSITORY": str(ROOT),
        }
        self.python: list[str] = []
        """Blocks of Python that follow each other are one program: this is what waits for its end."""

    def act(self, block: Block) -> None:
        """Do what the block says. Raises where it cannot be done or comes to something else."""
        if block.language != "python":
            self.finish()
        tags = block.tags
        if "not run" in tags or ("slow" in tags and not self.slow):
            return
        if "same as" in tags:
            assert block.text == (ROOT / tags["same as"]).read_text("utf-8")
            return
        if "file" in tags:
            place = self.folder / tags["file"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.text, "utf-8")
        if "file" not in tags or block.language in CHECKED_FILES:
            LANGUAGES[block.language](self, block)

    def finish(self) -> None:
        """Run the Python that waits."""
        if self.python:
            (self.folder / "page.py").write_text("\n".join(self.python), "utf-8")
            self.python = []
            self._run([sys.executable, "-W", "error", "page.py"], 0)

    def shell(self, block: Block) -> None:
        self._run(["bash", "-euo", "pipefail", "-c", block.text], int(block.tags.get("exit", 0)))

    def console(self, block: Block) -> None:
        """What follows a prompt. The other lines are output."""
        for line in block.text.splitlines():
            if line.startswith("$ "):
                self._run(["bash", "-euo", "pipefail", "-c", line[2:]], 0)

    def plan(self, block: Block) -> None:
        """A whole plan, or a part of one that is put into a plan of one task; anything else says what it is."""
        found = yaml.safe_load(block.text)
        if "part of a plan" in block.tags:
            found = BASE | found | {"agents": BASE["agents"] | found.get("agents", {})}
        if "not a plan" not in block.tags:
            parse_plan(yaml.safe_dump(found, sort_keys=False), str(self.folder / "plan.yaml"))

    def _run(self, argv: list[str], code: int) -> None:
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=SECONDS["slow" if self.slow else "quick"],
            check=False,
        )
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def output(_: Scratch, block: Block) -> None:
    """Shown and not run, so it is no place for commands."""
    assert not any(line.startswith(("orchestrate ", "glyph ", "python ", "pip ")) for line in block.text.splitlines())


LANGUAGES = {
    "sh": Scratch.shell,
    "console": Scratch.console,
    "python": lambda page, block: page.python.append(block.text),
    "yaml": Scratch.plan,
    "toml": lambda _, block: tomllib.loads(block.text),
    "json": lambda _, block: read_json(block.text),
    "sql": lambda _, block: sqlite3.connect(":memory:").executescript(block.text).close(),
    "mermaid": lambda _, _block: None,  # .ci/mermaid asks Mermaid's own parser
    "text": output,
}
CHECKED_FILES = {"yaml", "toml", "json"}
"""A block in one of these is checked when it becomes a file, too. The others run when the page uses the file."""
PAGES = [page for page in documentation() if any(blocks((ROOT / page).read_text("utf-8")))]


def act_out(page, folder, *, slow):
    scratch = Scratch(folder, slow=slow)
    found = list(blocks((ROOT / page).read_text("utf-8")))
    for block in found:
        try:
            scratch.act(block)
        except Exception as error:
            raise AssertionError(f"{page}:{block.line}: {error}") from error
    try:
        scratch.finish()
    except Exception as error:
        raise AssertionError(f"{page}: its last Python: {error}") from error


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_block_of_a_page_does_what_it_says(page, tmp_path):
    act_out(page, tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if "<!-- slow:" in (ROOT / page).read_text("utf-8")], ids=str
)  # fmt: skip
def test_a_pages_slow_blocks_do_what_they_say(page, tmp_path):
    act_out(page, tmp_path, slow=True)


def test_every_block_has_a_language_and_a_tag_that_mean_something():
    for page in documentation():
        for block in blocks((ROOT / page).read_text("utf-8")):
            assert block.language in LANGUAGES, f"{page}:{block.line}: language {block.language!r}"
            assert block.tags.keys() <= TAGS, f"{page}:{block.line}: {block.comment}"
            reasons = [why for tag, why in block.tags.items() if tag in {"not run", "slow", "not a plan"}]
            assert all(len(why.split()) > 1 for why in reasons), f"{page}:{block.line}: why?"


def test_few_blocks_are_not_run():
    untried = [
        f"{page}:{block.line}: {block.tags['not run']}"
        for page in documentation()
        for block in blocks((ROOT / page).read_text("utf-8"))
        if "not run" in block.tags
    ]
    assert len(untried) <= MOST_NOT_RUN, "\n".join(untried)


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nfalse\n```",
        "<!-- exit: 3 -->\n```sh\nfalse\n```",
        "```console\n$ false\noutput\n```",
        "```python\nassert 0\n```",
        "```yaml\nschema: 1\n```",
        "<!-- part of a plan -->\n```yaml\nagents: {ONE: {speciality: Work}}\n```",
        "```json\n{'a': 1}\n```",
        "```toml\na = \n```",
        "```text\norchestrate run plan.yaml\n```",
        "<!-- same as: README.md -->\n```text\nother\n```",
        "- an item\n\n  ```sh\n  false\n  ```",
        "<!-- prepare:\nfalse\n-->",
    ],
)
def test_a_block_that_does_not_do_what_it_says_is_found(text, tmp_path):
    scratch = Scratch(tmp_path, slow=False)
    with pytest.raises(Exception):  # noqa: B017, PT012 - each kind of block has an error of its own
        for block in blocks(text):
            scratch.act(block)
        scratch.finish()


def test_the_blocks_of_a_page_share_a_folder_and_its_python_a_program(tmp_path):
    scratch = Scratch(tmp_path, slow=False)
    text = (
        "<!-- file: a.txt -->\n```text\nhello\n```\n```sh\ngrep -q hello a.txt\n```\n```python\na = 1\n```\n"
        "```python\nfrom pathlib import Path\nPath('b').write_text(str(a))\n```\n```sh\ngrep -q 1 b\n```\n"
        "<!-- not run: asks nobody -->\n```sh\nfalse\n```\n"
    )
    for block in blocks(text):
        scratch.act(block)
    assert json.loads((tmp_path / "b").read_text()) == 1
