"""The files of a runner's code: all that it can import, found by reading, without importing anything.

We follow the import statements from the module of the runner's function (those inside functions too), through every
first-party module. A string that spells a first-party module's dotted name counts as an import of it. Code names in
this way what it imports later or starts as a child (`python -m package.child`). A package's data files count as well as
its modules.

First-party code is beside the runner's own top-level package, or elsewhere on `sys.path` outside the installed
packages. For an installed runner it is what its distribution installed. The standard library and other distributions do
not count. Nor does this package, whose interface for runners is stable.
"""

import ast
import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import Final

from orchestrator.runner import Runner

OWN: Final = __name__.partition(".")[0]
INSTALLED: Final = tuple(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib", "platstdlib"))


class Code:
    """Digests the code of runners. It reads a file once in its life: make a new one for a new look."""

    def __init__(self) -> None:
        self._contents: dict[Path, str] = {}
        self._imports: dict[Path, tuple[str, ...]] = {}
        self._digests: dict[tuple[str, Path, tuple[str, ...]], str] = {}
        self._places: dict[tuple[Path, bool, str], tuple[tuple[str, Path], ...]] = {}

    def digest(self, runner: Runner) -> str:
        """sha256 over the names and contents of the runner's code; "" for one without a source file. Raises OSError."""
        home = _home(runner)
        if home is None:
            return ""
        key = (*home, runner.code)
        if key not in self._digests:
            files = self._files(*key)
            said = "".join(f"{name} {self._content(path)}\n" for name, path in sorted(files.items()))
            self._digests[key] = hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()
        return self._digests[key]

    def files(self, runner: Runner) -> dict[str, Path]:
        """The files that are digested, by path relative to where their package lies."""
        home = _home(runner)
        return {} if home is None else self._files(*home, runner.code)

    def _files(self, module: str, root: Path, further: tuple[str, ...]) -> dict[str, Path]:
        modules: dict[str, Path] = {}
        waiting = [module, *(each for each in further if "/" not in each)]
        while waiting:
            for name, path in self._with_parents(root, waiting.pop(), module):
                if name not in modules:
                    modules[name] = path
                    waiting += self._imported_by(name, path)
        files = {_as_path(name, path): path for name, path in modules.items()}
        for package, path in modules.items():
            if path.name == "__init__.py":
                files |= _below(path.parent, package.replace(".", "/"), _data)
        for folder in (each.rstrip("/") for each in further if "/" in each):
            files |= _below(root / folder, folder, _every)
        return files

    def _with_parents(self, root: Path, dotted: str, module: str) -> tuple[tuple[str, Path], ...]:
        """The module, where it is first-party, and the packages that are imported before it."""
        top = dotted.partition(".")[0]
        if top == OWN or top in sys.stdlib_module_names:
            return ()
        beside = self._lies_beside(root, top, module.partition(".")[0])
        key = (root, beside, dotted)
        if key not in self._places:
            bases = (root, *self._elsewhere) if beside else self._elsewhere
            base = next((each for each in bases if _module_file(each, top) is not None), None)
            self._places[key] = () if base is None else tuple(_chain(base, dotted))
        return self._places[key]

    def _lies_beside(self, root: Path, top: str, own_top: str) -> bool:
        return not _installed(root) or top == own_top or self._one_distribution(top, own_top)

    @cached_property
    def _elsewhere(self) -> tuple[Path, ...]:
        paths = dict.fromkeys(Path(entry or ".").absolute() for entry in sys.path)
        return tuple(path for path in paths if path.is_dir() and not _installed(path))

    def _one_distribution(self, one: str, other: str) -> bool:
        return bool(set(self._distributions.get(one, ())) & set(self._distributions.get(other, ())))

    @cached_property
    def _distributions(self) -> dict[str, list[str]]:
        return {top: list(names) for top, names in metadata.packages_distributions().items()}

    def _imported_by(self, module: str, path: Path) -> tuple[str, ...]:
        if path not in self._imports:
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            self._imports[path] = tuple(dict.fromkeys(imported(path.read_bytes(), package)))
        return self._imports[path]

    def _content(self, path: Path) -> str:
        if path not in self._contents:
            self._contents[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._contents[path]


def imported(source: bytes, package: str) -> Iterator[str]:
    """Dotted names that a module of the package may import; names of a module's members are among them. A module that
    does not parse imports nothing.
    """
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _base(package, module or "", level)
                yield from (f"{base}.{each.name}" for each in names)
            case ast.Constant(value=str(text)) if _spells_a_module(text):
                yield text.partition(":")[0]


def _base(package: str, module: str, level: int) -> str:
    """What a relative import is relative to, with what it names."""
    if not level:
        return module
    above = package.split(".")[: max(0, len(package.split(".")) - level + 1)]
    return ".".join([*above, *filter(None, [module])])


def _spells_a_module(text: str) -> bool:
    """Whether it may be "package.module" or "package.module:NAME"."""
    name = text.partition(":")[0]
    return "." in name and len(name) < 200 and all(part.isidentifier() for part in name.split("."))


@cache
def _home(runner: Runner) -> tuple[str, Path] | None:
    """The module that holds the runner's function, and the folder that its top-level package lies in."""
    function = inspect.unwrap(runner.run)
    try:
        source = Path(inspect.getsourcefile(function) or "").absolute()
    except TypeError:
        return None
    if not source.is_file():
        return None
    module = function.__module__
    if module.replace(".", "/") not in str(source):  # run as a script, or loaded by its path
        return source.stem, source.parent
    depth = module.count(".") + (source.name == "__init__.py")
    return module, source.parents[depth]


def _chain(base: Path, dotted: str) -> Iterator[tuple[str, Path]]:
    """The files of a module and of the packages above it; a last part that is no module is a member of one."""
    parts = dotted.split(".")
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        path = _module_file(base, name)
        if path is None:
            return
        yield name, path


def _module_file(base: Path, name: str) -> Path | None:
    stem = base / name.replace(".", "/")
    return next((path for path in (stem / "__init__.py", stem.parent / f"{stem.name}.py") if path.is_file()), None)


@cache
def _installed(path: Path) -> bool:
    return any(path.is_relative_to(each) for each in INSTALLED)


def _as_path(name: str, path: Path) -> str:
    stem = name.replace(".", "/")
    return f"{stem}/__init__.py" if path.name == "__init__.py" else f"{stem}.py"


def _below(folder: Path, name: str, wanted: Callable[[Path], Iterator[Path]]) -> dict[str, Path]:
    return {f"{name}/{path.relative_to(folder).as_posix()}": path for path in wanted(folder)}


def _data(folder: Path) -> Iterator[Path]:
    """The files of a package that are no Python, also in folders of it that are no packages themselves."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir() and not (path / "__init__.py").exists():
            yield from _data(path)
        elif path.is_file() and path.suffix != ".py":
            yield path


def _every(folder: Path) -> Iterator[Path]:
    """Every file below the folder, except hidden ones and compiled caches."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            yield from _every(path)
        elif path.is_file():
            yield path
