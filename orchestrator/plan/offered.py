"""Check names in a plan (drivers, notifiers) against what installed packages offer, without importing anything."""

from collections.abc import Callable, Collection, Iterator

from orchestrator.extensions import instead
from orchestrator.plan.handin_checks import UNREADABLE
from orchestrator.plan.model import Plan
from orchestrator.plan.problem import Problem
from orchestrator.plan.source import Source
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Offered:
    """The names of all that there are. notifiers: asked only where a plan names one."""

    drivers: Collection[str]
    notifiers: Callable[[], Collection[str]]


def offered_problems(plan: Plan, offered: Offered, source: Source) -> Iterator[Problem]:
    """Agents with a driver, and notifications with a notifier, that no package offers."""
    for name, agent in plan.agents.items():
        if agent.driver not in offered.drivers and UNREADABLE not in name:
            what, mend = unknown("driver", agent.driver, offered.drivers)
            yield source.problem(("agents", name, "driver"), what, mend)
    known = offered.notifiers() if plan.notify else ()
    for place, told in enumerate(plan.notify):
        if told.by not in known:
            what, mend = unknown("notifier", told.by, known)
            yield source.problem(("notify", place, "by"), what, mend)


def unknown(noun: str, name: str, known: Collection[str]) -> tuple[str, str]:
    """What is wrong with a name that nobody offers, and the mend."""
    return f"there is no {noun} '{name}'", instead(name, sorted(known))
