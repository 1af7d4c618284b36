"""A.analyze: what the baseline's pool does in one real encode, as measured facts."""

from typing import Any

from encoder.profile import load_profile
from orchestrator.runner import TaskContext
from workstreams.buffer.metrics import PEAK_IN_FLIGHT, REUSE
from workstreams.buffer.pools import described
from workstreams.buffer.workload import input_file
from workstreams.documents import render, write_json
from workstreams.sampling import Job, SampleResult, Spec, compile_kernels, sample


def analyze(ctx: TaskContext) -> None:
    """Encode once with the baseline in a child, and record what its pool did."""
    imports = compile_kernels(ctx.folder)
    with input_file(ctx, "144MiB") as source:
        result = sample(Spec(Job.ENCODE, str(source), str(ctx.folder / "out.glyph"), "baseline"), ctx.folder)
    facts = facts_of(result, imports)
    write_json(ctx.artifact("analysis.json", title="The baseline's pool, measured"), facts)
    text = render("workstreams.buffer", "analysis.md.j2", facts)
    ctx.artifact("analysis.md", title="Analysis of the buffer pool").write_text(text, encoding="utf-8")
    method = "PoolStatistics of one encode with the baseline profile in a fresh interpreter"
    pool = facts["pool"]
    ctx.samples(PEAK_IN_FLIGHT, [pool["peak_in_flight"]], method=method, artifacts=["analysis.json"])
    ctx.samples(REUSE, [facts["reuse_percent"]], method=method, artifacts=["analysis.json"])
    for claim in claims(facts):
        ctx.note(claim)


def facts_of(result: SampleResult, imports: SampleResult) -> dict[str, Any]:
    """What the analysis states, as JSON. Sizes in bytes unless the name says MiB."""
    profile = load_profile("baseline")
    pool = dict(result.pipeline["pool"])
    return {
        "profile": profile.name,
        "workers": profile.workers,
        "block_size": profile.block_size,
        "settings": described(profile.pool),
        "input_bytes": result.bytes_in,
        "seconds": result.seconds,
        "peak_rss_mib": result.peak_mib,
        "imports_rss_mib": imports.peak_mib,
        "held_mib": pool["held_bytes"] / 2**20,
        "touched_mib": pool["allocated_bytes"] / 2**20,
        "reuse_percent": 100 * pool["reuses"] / max(pool["leases"], 1),
        "needed": profile.workers + 1,
        "pool": pool,
    }


def claims(facts: dict[str, Any]) -> list[str]:
    """What a reader of the figures would say about them."""
    pool = facts["pool"]
    said = [
        (
            f"the baseline touches {pool['allocations']} buffers ({facts['touched_mib']:.0f} MiB) for {facts['workers']} "  # noqa: E501
            f"workers"
        )
    ]
    if pool["peak_in_flight"] > 4 * facts["needed"]:
        said.append(
            f"bottleneck: {pool['peak_in_flight']} buffers are in flight at the peak, where {facts['needed']} keep "
            f"the workers "
            "busy: the reader runs ahead, and what it reads waits in memory"
        )
    return said
