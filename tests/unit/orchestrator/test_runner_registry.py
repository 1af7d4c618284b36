import sys
import types

import pytest

from orchestrator.registry import (
    Offer,
    Offered,
    Promises,
    Registry,
    RegistryError,
    find_offers,
    find_runner,
    load_registry,
)
from orchestrator.runner import Runner


def work(_context):
    """Nothing."""


@pytest.fixture
def offer(monkeypatch):
    def make(module, *names):
        made = types.ModuleType(module)
        made.RUNNERS = tuple(Runner(name, work) for name in names)
        monkeypatch.setitem(sys.modules, module, made)
        return Offer(f"{module}:RUNNERS", module + "-package")

    return make


def test_every_offered_runner_is_found_by_name(offer):
    registry = load_registry([offer("one", "b.x", "a.x"), offer("two", "c.x")])
    assert list(registry) == ["a.x", "b.x", "c.x"]
    assert registry["c.x"].run is work
    assert registry.offer("c.x") == "two:RUNNERS"
    assert len(registry) == 3


def test_two_packages_with_one_name_are_both_named(offer):
    with pytest.raises(RegistryError, match=r"'a.x': one-package \(one:RUNNERS\) and two-package"):
        len(load_registry([offer("one", "a.x"), offer("two", "a.x")]))


def test_a_package_that_cannot_be_imported_is_reported_and_the_rest_works(offer):
    registry = load_registry([Offer("no_such_module:RUNNERS", "broken-package"), offer("one", "a.x")])
    assert list(registry) == ["a.x"]
    assert "broken-package: no_such_module:RUNNERS cannot be used: ModuleNotFoundError" in str(registry.broken[0])
    with pytest.raises(RegistryError, match="broken-package"):
        registry.find("zzz")


def test_an_unknown_runner_gets_a_suggestion(offer):
    with pytest.raises(RegistryError, match=r"did you mean 'buffer\.sweep'"):
        load_registry([offer("one", "buffer.sweep")]).find("buffer.swep")


@pytest.mark.parametrize("value", ["sys:path", "sys", ":RUNNERS", "sys:nothing"])
def test_an_offer_that_is_no_tuple_of_runners_is_broken(value):
    assert len(load_registry([Offer(value, "p")]).broken) == 1


def test_the_variable_names_further_offers(offer, monkeypatch):
    mine = offer("one", "a.x")
    monkeypatch.setenv("ORCHESTRATE_RUNNERS", f" {mine.value}, ")
    assert Offer(mine.value, "ORCHESTRATE_RUNNERS") in find_offers()
    assert find_runner("a.x").name == "a.x"
    assert find_runner("a.x", mine.value).run is work


def test_nothing_is_imported_before_a_runner_is_asked_for():
    registry = load_registry([Offer("no_such_module:RUNNERS", "broken-package")])
    Promises(registry)
    assert "no_such_module" in str(registry.broken[0])
    asked = []
    Registry(lambda: asked.append("asked") or Offered({}))
    assert not asked
