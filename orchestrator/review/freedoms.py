"""Compares what agents are free to do. A wider freedom is a weaker plan. Pure."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from orchestrator.plan.agent_model import Agent, Budget, Sandbox
from orchestrator.plan.drivers import Driver
from orchestrator.plan.model import Task

STRENGTH: Final = {Sandbox.NONE: 0, Sandbox.LANDLOCK: 1, Sandbox.AUTO: 2, Sandbox.BUBBLEWRAP: 3}
"""How much each sandbox keeps in; `auto` may come to landlock."""
DEEP: Final = "**"


def loosened_agent(old: Agent, new: Agent) -> dict[str, str]:
    """Why a changed agent may do more than before, by the key that says so; empty where it may not."""
    found = {
        "env": "the agent gets more of our environment" if set(new.env) - set(old.env) else "",
        "home": _other_settings(old, new),
        "may": "; ".join(filter(None, (_more_programs(old, new), _more_network(old, new)))),
        "sandbox": "the sandbox keeps less in" if STRENGTH[new.sandbox] < STRENGTH[old.sandbox] else "",
        "budget": loosened_budget(old.budget, new.budget),
        "capacity": "the agent may do more at once" if new.capacity > old.capacity else "",
        "driver": "a program does what a person did" if Driver.HUMAN in {old.driver} - {new.driver} else "",
    }
    return {key: why for key, why in found.items() if why}


def loosened_task(old: Task, new: Task, field: str) -> str:
    """Why a changed field of a task asks less of a hand-in; "" where it does not, or says nothing of hand-ins."""
    kind, _, name = field.partition(".")
    if kind == "budget":
        return more_of(old.budget, new.budget, name)
    judge = OF_TASKS.get(field)
    return judge(old, new) if judge else ""


def loosened_budget(old: Budget, new: Budget) -> str:
    """Why a budget lets more be spent, "" where it does not."""
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in Budget.model_fields}
    wider = [name for name, (was, now) in pairs.items() if was is not None and (now is None or now > was)]
    return f"more {', '.join(wider)} may be spent" if wider else ""


def _other_settings(old: Agent, new: Agent) -> str:
    """A program's settings may widen what it does or forbid it, so that any change of them is taken to widen it."""
    paths = sorted(path for path in {*old.home, *new.home} if old.home.get(path) != new.home.get(path))
    return f"its program finds other settings in its home: {', '.join(paths)}" if paths else ""


def more_of(old: Budget, new: Budget, name: str) -> str:
    """As `loosened_budget`, of one of its limits."""
    limits = {each: None if each != name else getattr(old, name) for each in Budget.model_fields}
    return loosened_budget(Budget.model_construct(**limits), new)


def _more_programs(old: Agent, new: Agent) -> str:
    more = [each for each in new.may.run if not any(_runs(known, each) for known in old.may.run)]
    return "the agent may run more programs" if more else ""


def _runs(known: str, pattern: str) -> bool:
    """Whether every command line that the pattern matches was matched before; a pattern in doubt was not."""
    return known == pattern or (not set(known) & set("?[") and fnmatchcase(pattern, known))


def _more_network(old: Agent, new: Agent) -> str:
    return "the agent may reach other hosts" if new.may.network and not old.may.network else ""


def within(pattern: str, known: Iterable[str]) -> bool:
    """Whether every path that the pattern matches is matched by one of the known ones; a pattern in doubt is not."""
    return any(_holds(_whole(each), _whole(pattern)) for each in known)


def _whole(pattern: str) -> str:
    """As patterns are read: one that ends in a slash stands for all below it."""
    pattern = pattern.removeprefix("./")
    return f"{pattern}**" if pattern.endswith("/") else pattern


def _holds(known: str, pattern: str) -> bool:
    return known in {pattern, DEEP} or (
        known.endswith("/**") and not set(known[:-3]) & set("*?[") and pattern.startswith(known[:-2])
    )


def _writes(old: Task, new: Task) -> str:
    wider = new.brief is not None and any(not within(each, old.writes) for each in new.writes)
    return "a hand-in may change more files" if wider else ""


def _pinned(old: Task, new: Task) -> str:
    lost = [each for each in old.pinned if not within(each, new.pinned)]
    return "a file that was pinned may now be changed" if lost else ""


def _until(old: Task, new: Task) -> str:
    return "a hand-in need not PASS what it had to" if set(old.until) - set(new.until) else ""


def _rounds(old: Task, new: Task) -> str:
    return "every round is another chance" if new.rounds > old.rounds else ""


def _measures(old: Task, new: Task) -> str:
    return "it no longer measures that hand-in" if old.measures is not None and old.measures != new.measures else ""


def _merge(old: Task, new: Task) -> str:
    return "a hand-in is joined no more" if set(old.merge or ()) - set(new.merge or ()) else ""


def _approve(old: Task, new: Task) -> str:
    if old.approve is None:
        return ""
    if new.approve is None:
        return "no person has to say yes any more"
    was, now = old.approve.within, new.approve.within
    longer = was is not None and (now is None or now > was)
    return "a person may take longer to answer" if longer else _another_subject(old, new)


def _another_subject(old: Task, new: Task) -> str:
    assert old.approve is not None, "asked of gates only"
    assert new.approve is not None, "as above"
    return "" if old.approve.of in {None, new.approve.of} else "a person says yes to something else"


OF_TASKS: Final[Mapping[str, Callable[[Task, Task], str]]] = {
    "writes": _writes,
    "pinned": _pinned,
    "until": _until,
    "rounds": _rounds,
    "measures": _measures,
    "merge": _merge,
    "approve": _approve,
}
"""The fields of a task that say what a hand-in has to keep to."""
