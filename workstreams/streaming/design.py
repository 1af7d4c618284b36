"""B.design: the architecture note, rendered from the configuration that is really used."""

import inspect
from typing import Any

from encoder.container import format as layout
from encoder.profile import Profile, load_profile
from encoder.stream import pipeline, pool, pool_sizing
from encoder.stream.statistics import PipelineStatistics
from orchestrator.runner import TaskContext
from workstreams.documents import render


def design(ctx: TaskContext) -> None:
    """Write the note. Nothing is measured here, so nothing is recorded."""
    facts = facts_of(load_profile("tuned"), load_profile("baseline"))
    text = render("workstreams.streaming", "architecture.md.j2", facts)
    ctx.artifact("architecture.md", title="Streaming architecture").write_text(text, encoding="utf-8")
    ctx.note(f"memory is bounded by {facts['tuned']['bound_mib']:.0f} MiB of buffers, whatever the input's size")


def facts_of(tuned: Profile, baseline: Profile) -> dict[str, Any]:
    """What the note states, taken from the profiles, the modules' own words and the wire format."""
    return {
        "tuned": bounds(tuned),
        "baseline": bounds(baseline),
        "entry_bytes": layout.ENTRY.size,
        "header_bytes": layout.HEADER_SIZE,
        "window": pool_sizing.WINDOW,
        "pipeline_says": inspect.cleandoc(pipeline.__doc__ or ""),
        "pool_says": inspect.cleandoc(pool.__doc__ or ""),
        "growth_says": inspect.cleandoc(pool_sizing.next_capacity.__doc__ or ""),
        "statistics_say": inspect.cleandoc(PipelineStatistics.__doc__ or ""),
    }


def bounds(profile: Profile) -> dict[str, Any]:
    """A profile's figures, with the most bytes that its buffers can take."""
    return {
        "name": profile.name,
        "block_size": profile.block_size,
        "workers": profile.workers,
        "pool": profile.pool,
        "bound_mib": profile.pool.maximum * profile.block_size / 2**20,
        "start_mib": profile.pool.capacity * profile.block_size / 2**20,
    }
