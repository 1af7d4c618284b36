"""`orchestrate init`: a first plan to change, or a project with a runner and a test, which run as they are."""

from pathlib import Path
from typing import Final

from orchestrator.atomic_write import write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say
from orchestrator.cli.places import as_json
from orchestrator.scaffold import is_name, project_files, taken_by

EXAMPLE: Final = r"""# A first plan. `orchestrate validate` checks it, `orchestrate run` runs it and writes a report.
schema: 1
id: first-plan
title: A first plan
params: {words: hello world}   # orchestrate run --set words="one two three"

agents:
  WRITER: {specialty: Writing words, driver: command}
  COUNTER: {specialty: Counting words, driver: command}

workstreams:
  A:
    title: Words
    lead: WRITER
    supporting: [COUNTER]
    tasks:   # one after the other, unless a task says `needs`
      - id: write
        title: Write some words
        command: [sh, -c, 'echo "${words}" > words.txt']
        artifacts: [words.txt]
        estimate: 1s
      - id: count
        title: Count them
        agent: COUNTER
        command:   # what is measured goes to $ORCHESTRATE_EVIDENCE, a line of JSON each
          - sh
          - -c
          - |
            n=$(echo "${words}" | wc -w)
            printf '{"kind": "measurement", "metric": "words.count", "unit": "words", "values": [%d], "method": "wc -w"}\n' "$n" >> "$ORCHESTRATE_EVIDENCE"
        metrics: [{name: words.count, unit: words, better: higher}]
        timeout: 1m
        estimate: 1s
    deliverables:
      - {title: The words, artifact: words.txt, from: write}
    success_criteria:
      - {id: enough, title: At least two words, metric: words.count, target: ">= 2 words"}
"""  # noqa: E501


def scaffold(path: Path, *, as_data: bool = False) -> None:
    """A plan alone where a YAML file is named, else a project with a runner and a test; what was written, and what
    comes next.

    Raises UsageError, OSError.
    """
    alone = path.suffix in {".yaml", ".yml"}
    written = write_example(path) if alone else write_project(path)
    then = (
        [f"orchestrate run {path}"]
        if alone
        else [f"pip install -e {path}", f"cd {path}", "orchestrate run plan.yaml", "pytest"]
    )
    if as_data:
        say(as_json({"written": [str(one) for one in written], "next": then}))
    elif alone:
        say(f"{path} is written; run it with: {then[0]}")
    else:
        files = ", ".join(str(one.relative_to(path)) for one in written)
        say(f"{path}/ is written: {files}\nnext: {' && '.join(then)}")


def write_example(path: Path) -> list[Path]:
    """Write it where nothing is yet. Raises UsageError where something is, OSError."""
    if path.exists():
        raise UsageError(f"{path} exists already\n  mend: name another file: orchestrate init FILE")
    write_whole(path, EXAMPLE)
    return [path]


def write_project(folder: Path) -> list[Path]:
    """A folder that is a project, named after itself. Raises UsageError where it exists or has no name for a
    package.
    """
    name = folder.resolve().name
    if not is_name(name):
        raise UsageError(
            f"{name!r} is not a valid project name\n  mend: begin with a letter, and use letters, digits, - and _ only"
        )
    if taken := taken_by(name):
        raise UsageError(f"{name!r} is not a valid project name: {taken}, and one would hide the other\n"
                         f"  mend: name another folder, e.g. my-{name}")  # fmt: skip
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists already\n  mend: name another folder: orchestrate init FOLDER")
    files = project_files(name)
    for path, text in files.items():
        write_whole(folder / path, text)
    return [folder / path for path in files]
