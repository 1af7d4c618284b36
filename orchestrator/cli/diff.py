"""`orchestrate diff`: what a change of a plan means for its contract."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from orchestrator.atomic_write import write_whole
from orchestrator.cli.faults import Exit, UsageError
from orchestrator.cli.output import plain, say
from orchestrator.cli.places import as_json
from orchestrator.cli.revisions import HEAD, load_version
from orchestrator.engine.secrecy import secrets_of_plan
from orchestrator.review.compare import Review, review_plans
from orchestrator.review.render import to_data, to_markdown, to_text
from orchestrator.secrets import mask

FORMATS: Final[Mapping[str, Callable[[Review], str]]] = {
    "text": lambda found: plain(to_text(found)),
    "markdown": to_markdown,
    "json": lambda found: as_json(to_data(found)),
}


def show_diff(old: str, new: str | None, style: str, output: Path | None) -> int:
    """Print the review; 1 where the new plan asks for less than the old one. Raises PlanError, UsageError, OSError."""
    if style not in FORMATS:
        raise UsageError(f"there is no format {style!r}\n  mend: use one of {', '.join(FORMATS)}")
    before, after = (HEAD, old) if new is None else (old, new)
    found = veiled(review_plans(load_version(before, beside=after), load_version(after)))
    text = FORMATS[style](found)
    if output is None:
        say(text)
    else:
        write_whole(output, text if text.endswith("\n") else f"{text}\n")
    return Exit.FAIL if found.loosened else Exit.PASS


def veiled(found: Review) -> Review:
    """The review with every secret masked, like all output about a run: it goes into comments that more people read
    than the plan.
    """
    known = (*secrets_of_plan(found.old.plan), *secrets_of_plan(found.new.plan))
    told = (replace(one, before=mask(one.before, known), after=mask(one.after, known)) for one in found.changes)
    return replace(found, changes=tuple(told))
