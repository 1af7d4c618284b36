"""A prepared plan, to start, resume or explain a run."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.engine.contract import asks_less
from orchestrator.engine.fingerprints import fingerprints, named_files
from orchestrator.engine.judging import file_digest
from orchestrator.engine.options import RunOptions
from orchestrator.engine.people import People, Tip, nobody_knows
from orchestrator.engine.places import Places
from orchestrator.engine.reconcile import Change, Left, nothing_left
from orchestrator.engine.reuse import Wish
from orchestrator.engine.selection import excluded, named
from orchestrator.graph.load import LoadedPlan
from orchestrator.records import dataclass
from orchestrator.runner import Runner
from orchestrator.state.run import RunState


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is known of a run before anything is done.

    excluded: tasks not asked for. forced: tasks that run again, with all below them. agents: what they are told beside
    their tasks. tip: where branches of repositories are now.
    """

    loaded: LoadedPlan
    runners: Mapping[str, Runner]
    places: Places
    options: RunOptions
    environment: Mapping[str, str]
    fingerprints: Mapping[str, str]
    excluded: frozenset[str]
    forced: frozenset[str]
    agents: Agents
    tip: Tip

    @property
    def people(self) -> People:
        """What the plan asks of people."""
        return People(self.loaded.plan, self.loaded.graph, self.loaded.digest, self.agents)

    @property
    def wish(self) -> Wish:
        """What a new run takes over of earlier ones. Tasks that are forced, and all below them, are never reused."""
        fresh = frozenset(self.loaded.graph.nodes) - self.excluded - self.forced
        less = asks_less(self.loaded.plan, self.loaded.graph, self.loaded.digest)
        return Wish(self.options.reuse, fresh, self.environment, less)

    def change(self, state: RunState, left: Left = nothing_left) -> Change:
        """What makes taking up a run differ from the run so far."""
        digest = file_digest(self.places.run_folder(state.run))
        return Change(
            self.fingerprints, self.excluded, self.forced, digest, left, self.people.void(state, self.tip)
        )  # fmt: skip

    def told(self, options: RunOptions) -> "Prepared":
        """The same for others who listen."""
        return replace(self, options=options)

    def within(self, jobs: int | None, limits: str = "") -> "Prepared":
        """The same with so many tasks at once. limits: why that is fewer than asked for; the run's environment
        tells it.
        """
        told = {"limits": limits} if limits else {}
        options = replace(self.options, jobs=jobs)
        return replace(self, options=options, environment={**self.environment, **told})


def prepare_run(  # noqa: PLR0913 - what is to be run, and where
    loaded: LoadedPlan,
    runners: Mapping[str, Runner],
    options: RunOptions,
    *,
    project: Path,
    environment: Mapping[str, str],
    agents: Agents = NO_AGENTS,
    tip: Tip = nobody_knows,
) -> Prepared:
    """Select the tasks and fingerprint them all. project: where the command was started. Reads files. Raises
    UnknownTask.
    """
    places = Places(options.state.absolute(), project.absolute())
    looked_at = named_files(loaded.plan, places.project, places.state)
    return Prepared(
        loaded=loaded,
        runners=runners,
        places=places,
        options=options,
        environment=environment,
        fingerprints=fingerprints(loaded.plan, loaded.graph, runners, looked_at, agents),
        excluded=frozenset(excluded(loaded.graph, options.only, options.until)),
        forced=frozenset(named(loaded.graph, options.force)),
        agents=agents,
        tip=tip,
    )
