"""The files of a new project: a plan, a package with a runner, and a test that runs it."""

import importlib.util
import keyword
import re
import sys
from functools import cache
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestrator.environment import DISTRIBUTIONS, distribution

FILES: Final = {
    "README.md": "README.md.j2",
    "pyproject.toml": "pyproject.toml.j2",
    "plan.yaml": "plan.yaml.j2",
    "{module}/__init__.py": "package.py.j2",
    "tests/test_plan.py": "test_plan.py.j2",
}
"""Where each file stands in the project, and the template that it is made from."""

RESERVED: Final = frozenset({"orchestrator", "encoder", "workstreams"})
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)


def is_name(name: str) -> bool:
    """Whether a project can be called so: letters, digits, - and _, and no word of Python."""
    return NAME.fullmatch(name) is not None and not keyword.iskeyword(module_of(name))


def taken_by(name: str) -> str:
    """Why Python or pip would find something else under the project's name; empty where they find nothing.

    The standard library comes before what is installed, and two packages of one name hide each other. Where only pip
    takes two names for the same (a project `pyyaml`, whose module is called `yaml`), installing one removes the other.
    """
    module = module_of(name)
    if module in sys.stdlib_module_names or module in sys.builtin_module_names:
        return f"{module!r} is a module of Python's standard library"
    if module == "tests" or module in RESERVED:
        return f"{module!r} is a folder that the project has already, or a package of ours"
    if distribution := _installed_as(name):
        return f"{distribution} is an installed package, which pip would replace"
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return ""
    if found is None or _is_here(found):
        return ""
    return f"{module!r} is an installed package, or one of Python's own"


def _installed_as(name: str) -> str:
    """The installed distribution that pip takes for the same as a project of that name; "" if there is none, or
    it is the one here.
    """
    try:
        found = metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):
        return ""
    return "" if _is_of(found, Path.cwd() / name) else found.metadata["Name"]


def _is_of(found: metadata.Distribution, folder: Path) -> bool:
    """Whether it was installed from the folder, as `pip install -e` does."""
    told = found.read_text("direct_url.json") or ""
    return f'"{folder.absolute().as_uri()}"' in told


def _is_here(found: ModuleSpec) -> bool:
    """Whether it is found only because of where the command was started: a folder there, which may well be the
    project.
    """
    places = [found.origin] if found.origin else list(found.submodule_search_locations or ())
    return found.origin is None and all(Path(place).parent == Path.cwd() for place in places)


def module_of(name: str) -> str:
    """The Python package of a project of that name."""
    return name.lower().replace("-", "_")


def project_files(name: str) -> dict[str, str]:
    """Every file's text by its path in the project. name: see `is_name`."""
    module = module_of(name)
    orchestrator = distribution() or DISTRIBUTIONS[0]
    return {
        path.format(module=module): _environment()
        .get_template(template)
        .render(name=name, module=module, orchestrator=orchestrator)
        for path, template in FILES.items()
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("orchestrator.scaffold"),
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML here; the name is letters, digits, - and _
    )
