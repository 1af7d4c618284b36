"""`building` is not installed, and the checkout's root is not imported from: the package is loaded by its place."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_FOLDER = Path(__file__).parents[3] / "building"
_SPEC = spec_from_file_location("building", _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)])
sys.modules["building"] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules["building"])
