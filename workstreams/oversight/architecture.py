"""ARCHITECT: which installed packages import which, and whether the public names exist."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.upstream import write_json

VIOLATIONS: Final = Metric(
    "oversight.contract_violations", "violations", Better.LOWER, description="Imports that the contract forbids"
)
MISSING_NAMES: Final = Metric(
    "oversight.interface_problems", "problems", Better.LOWER, description="Public names that are absent or undocumented"
)
FORBIDDEN: Final[Mapping[str, tuple[str, ...]]] = {
    "encoder": ("orchestrator", "workstreams"),
    "orchestrator": ("encoder", "workstreams"),
}
"""Package → packages that it must not know."""
INTERFACE: Final[Mapping[str, tuple[str, ...]]] = {
    "encoder": (
        "encode",
        "decode",
        "open",
        "GlyphBufferPool",
        "StreamingEncoder",
        "StreamingDecoder",
        "PatternDetector",
        "AdaptiveCompressionSelector",
        "load_profile",
    ),
    "orchestrator.runner": ("Runner", "TaskContext", "TaskInput"),
}
"""Module → names that others rely on."""


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """One import statement: its module, its line, and what it names."""

    importer: str
    line: int
    imported: str


def folder_of(package: str) -> Path:
    """Where a package is installed. Raises ModuleNotFoundError."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed beside this package")
    return Path(spec.origin).parent


def imports_of(package: str, folder: Path) -> Iterator[Import]:
    """Every absolute import in the package's sources, also inside functions and under TYPE_CHECKING."""
    for path in sorted(folder.rglob("*.py")):
        module = ".".join((package, *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
        yield from imports_in(module, path.read_text(encoding="utf-8"))


def imports_in(module: str, source: str) -> Iterator[Import]:
    """The absolute imports of one module's text. Pure; raises SyntaxError."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(module, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield Import(module, node.lineno, node.module)


def violations(imports: Iterable[Import]) -> list[Import]:
    """Those that the contract forbids. Pure."""
    return sorted(it for it in imports if it.imported.split(".")[0] in FORBIDDEN.get(it.importer.split(".")[0], ()))


def interface_problems(interface: Mapping[str, Sequence[str]]) -> list[str]:
    """Public names that are missing, or have no docstring. interface: names by module."""
    found = []
    for module, names in interface.items():
        home = import_module(module)
        for name in names:
            member = getattr(home, name, None)
            if member is None:
                found.append(f"{module}.{name} is missing")
            elif not inspect.getdoc(member):
                found.append(f"{module}.{name} has no docstring")
    return found


def architecture(context: TaskContext) -> None:
    """Read the sources, check them against the contract, look the names up."""
    packages = ("encoder", "orchestrator", "workstreams")
    imports = [it for package in packages for it in imports_of(package, folder_of(package))]
    broken, lacking = violations(imports), interface_problems(INTERFACE)
    modules = sorted({it.importer for it in imports})
    names = sum(map(len, INTERFACE.values()))
    edges = sorted({(it.importer.split(".")[0], it.imported.split(".")[0]) for it in imports})
    document = {
        "modules": len(modules),
        "imports": len(imports),
        "between_packages": [f"{a} -> {b}" for a, b in edges if b in packages and a != b],
        "violations": [asdict(it) for it in broken],
        "interface_problems": lacking,
    }
    write_json(context, "architecture.json", document, title="Import contract and public interface")
    context.samples(
        VIOLATIONS,
        [len(broken)],
        cases=len(modules),
        method="imports read with ast from the packages as installed; encoder and orchestrator know neither each "
        "other nor workstreams",
        artifacts=["architecture.json"],
        negative=[len(violations(imports_in("encoder.planted", "import orchestrator")))],
        negative_of="a module of the encoder that imports the orchestrator",
    )
    context.samples(
        MISSING_NAMES,
        [len(lacking)],
        cases=names,
        method="public names looked up, each with a docstring",
        artifacts=["architecture.json"],
        negative=[len(interface_problems({"encoder": ("no_such_name",)}))],
        negative_of="a name that is not there",
    )
    context.note(
        f"{len(modules)} modules, {len(broken)} forbidden imports, {len(lacking)} of {names} public names with a "
        f"problem"
    )


ARCHITECTURE: Final = Runner(
    "oversight.architecture", architecture, (VIOLATIONS, MISSING_NAMES), "Import contract and public interface"
)
