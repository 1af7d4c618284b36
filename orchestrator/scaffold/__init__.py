"""The files of a new project: a plan, a package with a runner, and a test that runs it."""

import keyword
import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

FILES: Final = {
    "README.md": "README.md.j2",
    "pyproject.toml": "pyproject.toml.j2",
    "plan.yaml": "plan.yaml.j2",
    "{module}/__init__.py": "package.py.j2",
    "tests/test_plan.py": "test_plan.py.j2",
}
"""Where each file stands in the project, and the template that it is made from."""

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)


def is_name(name: str) -> bool:
    """Whether a project can be called so: letters, digits, - and _, and no word of Python."""
    return NAME.fullmatch(name) is not None and not keyword.iskeyword(module_of(name))


def module_of(name: str) -> str:
    """The Python package of a project of that name."""
    return name.lower().replace("-", "_")


def project_files(name: str) -> dict[str, str]:
    """Every file's text by its path in the project. name: see `is_name`."""
    module = module_of(name)
    return {
        path.format(module=module): _environment().get_template(template).render(name=name, module=module)
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
