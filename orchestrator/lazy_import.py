"""Load a slow module when it is first used. Most verbs and most runs never use it."""

from importlib import import_module
from typing import Any


class LazyModule:
    """Stands for a module: `np = LazyModule("numpy")` where type checkers see `import numpy as np`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - whatever the module has
        """The module's attribute, kept from then on. Raises what the import raises."""
        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value
