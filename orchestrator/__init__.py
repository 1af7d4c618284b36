"""Runs a work breakdown written as YAML, and judges every success criterion only from measured evidence.

    >>> import orchestrator
    >>> outcome = orchestrator.run("plans/phase4a3.yaml")
    >>> outcome.exit_code
    0

To write a runner you need `Runner`, `Metric`, `Form`, `Better` and `TaskContext`. `__init__.pyi` alone lists the public
names. Everything is loaded on first use, the names too. So `import orchestrator` costs next to nothing, and a signal is
handled at once.
"""


def __getattr__(name):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - PEP 562; `__init__.pyi` has the types
    """A public name, kept from then on; `__all__` too. Raises AttributeError."""
    if name == "__all__":
        value = sorted(_homes())
    elif name.startswith("__") or name not in _homes():
        raise AttributeError(f"module 'orchestrator' has no attribute {name!r}")
    else:
        from importlib import import_module  # noqa: PLC0415 - as above

        value = getattr(import_module(_homes()[name]), name)
    globals()[name] = value
    return value


def __dir__():  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    return sorted(_homes())


_HOMES = {}


def _homes():  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
    """The module of each public name, as the stub beside this file imports it: `from MODULE import NAME as NAME`."""
    if not _HOMES:  # read by words: parsing it takes longer than most modules, and every launcher comes by
        stub = __spec__.loader.get_data(f"{__path__[0]}/__init__.pyi").decode()
        imports = [line.split() for line in stub.splitlines() if line.startswith("from ")]
        _HOMES.update({name: module for _, module, _, name, *_ in imports})
    return _HOMES
