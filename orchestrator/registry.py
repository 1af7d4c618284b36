"""Find runners by entry point, never by import: any package can bring its own.

A package offers a tuple of `Runner`s by an entry point of the group `orchestrator.runners`. The variable
ORCHESTRATE_RUNNERS names further ones ("package.module:NAME", separated by commas), for code that is not installed.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.metric import Metric
from orchestrator.extensions import names, points
from orchestrator.nearest import nearest
from orchestrator.plan.drivers import Driver
from orchestrator.records import dataclass
from orchestrator.runner import Runner

GROUP: Final = "orchestrator.runners"
DRIVERS: Final = "orchestrator.drivers"
VARIABLE: Final = "ORCHESTRATE_RUNNERS"


class RegistryError(OrchestratorError):
    """Two packages offer a runner of the same name, or a needed runner cannot be had."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """Where runners come from. value: "workstreams:RUNNERS"; source: the package, or the variable that names it."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class BrokenOffer:
    """An offer that could not be imported, and why in one line; the rest of the registry works without it."""

    offer: Offer
    reason: str

    def __str__(self) -> str:
        return f"{self.offer.source}: {self.offer.value} cannot be used: {self.reason}"


@dataclass(frozen=True, slots=True)
class Offered:
    """What the offers gave: each runner by name with its offer, and the offers that failed to import."""

    runners: Mapping[str, tuple[Runner, Offer]]
    broken: tuple[BrokenOffer, ...] = ()


class Registry(Mapping[str, Runner]):
    """Every runner by name. Nothing is imported before one is asked for: a plan of commands needs none.

    Whatever asks first raises RegistryError where two packages offer a runner of one name.
    """

    def __init__(self, load: Callable[[], Offered]) -> None:
        self._load = load

    @cached_property
    def _found(self) -> Offered:
        return self._load()

    @property
    def _offered(self) -> Mapping[str, tuple[Runner, Offer]]:
        return self._found.runners

    @property
    def broken(self) -> tuple[BrokenOffer, ...]:
        """The offers that failed to import; the rest of the registry works without them."""
        return self._found.broken

    def __getitem__(self, name: str) -> Runner:
        return self._offered[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._offered)

    def __len__(self) -> int:
        return len(self._offered)

    def offer(self, name: str) -> str:
        """The value of the offer that a runner came from, "workstreams:RUNNERS". Raises KeyError."""
        return self._offered[name][1].value

    def find(self, name: str) -> Runner:
        """The runner of that name. Raises RegistryError with a mend where there is none."""
        if name not in self._offered:
            raise RegistryError(f"there is no runner {name!r}\n  mend: {_mend(name, self)}")
        return self[name]


class Promises(Mapping[str, tuple[Metric, ...]]):
    """The metrics that each runner promises, by its name; what nobody asks for is not imported."""

    def __init__(self, runners: Mapping[str, Runner]) -> None:
        self._runners = runners

    def __getitem__(self, name: str) -> tuple[Metric, ...]:
        return self._runners[name].metrics

    def __iter__(self) -> Iterator[str]:
        return iter(self._runners)

    def __len__(self) -> int:
        return len(self._runners)


def load_registry(offers: Iterable[Offer] | None = None) -> Registry:
    """The runners of these offers (of all that are installed, unless given), imported when one is first asked for."""
    return Registry(lambda: import_offers(find_offers() if offers is None else offers))


def import_offers(offers: Iterable[Offer]) -> Offered:
    """Import every offer. Raises RegistryError for two runners of one name."""
    offered: dict[str, tuple[Runner, Offer]] = {}
    broken: list[BrokenOffer] = []
    for offer in offers:
        try:
            runners = import_offer(offer.value)
        except Exception as error:  # noqa: BLE001 - whatever a foreign package raises while it is imported
            broken.append(BrokenOffer(offer, _one_line(error)))
            continue
        for runner in runners:
            if runner.name in offered:
                raise RegistryError(_twice(runner.name, offered[runner.name][1], offer))
            offered[runner.name] = (runner, offer)
    return Offered(dict(sorted(offered.items())), tuple(broken))


def find_offers() -> tuple[Offer, ...]:
    """What is on offer, by source and value, nothing imported yet. An offer that is installed twice counts once."""
    installed = {
        point.value: Offer(point.value, point.dist.name if point.dist else point.name) for point in points(GROUP)
    }
    named = [value.strip() for value in os.environ.get(VARIABLE, "").split(",")]
    further = {value: Offer(value, VARIABLE) for value in named if value and value not in installed}
    return tuple(sorted((installed | further).values(), key=lambda offer: (offer.source, offer.value)))


def driver_names() -> frozenset[str]:
    """The drivers that agents of a plan can have: our own, and those of installed packages. Nothing is imported."""
    return frozenset({*map(str, Driver), *names(DRIVERS)})


def import_offer(value: str) -> tuple[Runner, ...]:
    """Import one offer, "module:NAME". Raises RegistryError where it is no tuple of runners, or what the import
    raises.
    """
    module, _, attribute = value.partition(":")
    if not (module and attribute):
        raise RegistryError(f"{value!r} names no runners; write it as package.module:NAME")
    runners = getattr(import_module(module), attribute)
    if not isinstance(runners, tuple | list) or not all(isinstance(runner, Runner) for runner in runners):
        raise RegistryError(f"{value} is not a tuple of Runner; make it one")
    return tuple(runners)


def find_runner(name: str, offer: str | None = None) -> Runner:
    """One runner, importing only its offer where that is known. Raises RegistryError, or what the import raises."""
    if offer is not None:
        for runner in import_offer(offer):
            if runner.name == name:
                return runner
        raise RegistryError(f"there is no runner {name!r} in {offer}\n  mend: add it there, or start the run again")
    return load_registry().find(name)


def _twice(name: str, first: Offer, second: Offer) -> str:
    return (
        f"two packages offer the runner {name!r}: {first.source} ({first.value}) and {second.source} ({second.value})\n"
        "  mend: uninstall one of them, or rename its runner"
    )


def _mend(name: str, registry: Registry) -> str:
    if near := nearest(name, registry):
        return f"did you mean {near!r}?"
    if registry.broken:
        return f"a package could not be imported, which may be where it is: {registry.broken[0]}"
    return f"install the package that offers it (entry point group {GROUP}); there are {len(registry)} runners"


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".split("\n", 1)[0][:300]
