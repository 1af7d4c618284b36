"""All kernels as one object file: each compiled by numba, joined, and optimised once more as a whole."""

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import llvmlite.binding as llvm

import encoder.glyphs
import encoder.mixing
from building.ahead import AheadKernel
from building.entry import argument_types, entry
from encoder.glyphs import jit
from encoder.glyphs.kernel import KERNELS, PARTS
from encoder.glyphs.library import DIGEST_SYMBOL
from encoder.glyphs.sources import sources_digest

_OUTSIDE: Final = frozenset({"malloc", "free", "memcpy", "memmove", "memset", "llvm.log2.f64"})
"""All that the library may take from outside."""
_CALLS: Final = frozenset({"cos", "exp", "exp2", "exp10", "log", "log2", "log10", "pow", "sin", "tan"})
"""What becomes a call of the mathematical library, where LLVM's other instructions need none."""
_THOROUGH: Final = 3


class BuildError(Exception):
    """A kernel cannot be part of the library. Says which and why."""


def compiled_kernels(processor: str) -> bytes:
    """The object file, for any processor that has what `processor` has. Raises BuildError."""
    vars(jit)["CompiledKernel"] = AheadKernel  # before any kernel is declared
    for package in (encoder.glyphs, encoder.mixing):
        import_all(package)
    kernels = _by_name([*KERNELS, *PARTS])
    return _emitted(_joined(kernels), kernels, processor)


def import_all(package: ModuleType) -> None:
    """Every module of the package, so that every kernel is declared."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


def _by_name(kernels: list[Any]) -> dict[str, AheadKernel]:
    found: dict[str, AheadKernel] = {}
    for kernel in kernels:
        before = found.setdefault(kernel.declared.name, kernel)
        if before.declared.function.__code__ != kernel.declared.function.__code__:
            raise BuildError(f"two kernels go by the name {kernel.declared.name}")
    return found


def _target(kernel: AheadKernel) -> str:
    return str(kernel.result.fndesc.llvm_func_name)


def _head(kernels: dict[str, AheadKernel]) -> str:
    """What is not a kernel: the runtime, the functions that Python calls, the digest."""
    digest = sources_digest()
    told = f'@{DIGEST_SYMBOL} = constant [{len(digest)} x i8] c"{digest}"\n'
    entries = [entry(kernel.declared, _target(kernel)) for kernel in kernels.values()]
    return Path(__file__).with_name("runtime.ll").read_text(encoding="utf-8") + told + "".join(entries)


def _joined(kernels: dict[str, AheadKernel]) -> Any:  # noqa: ANN401  llvmlite ships no types
    """One module of all that numba made, nothing of it optimised as a whole. Raises BuildError."""
    whole = llvm.parse_assembly(_head(kernels))
    for name, kernel in kernels.items():
        _check(name, kernel)
        whole.link_in(llvm.parse_assembly(str(kernel.result.library._final_module)))  # noqa: SLF001  numba has no other way
    own = {kernel.result.library for kernel in kernels.values()}
    numbas = {library: None for made in own for library in made._linking_libraries if library not in own}  # noqa: SLF001
    for library in numbas:  # after what calls it: of what nothing calls, LLVM links nothing
        whole.link_in(library._get_module_for_linking(), preserve=True)  # noqa: SLF001  as numba does itself
    return whole


def _check(name: str, kernel: AheadKernel) -> None:
    """Raises BuildError where numba's arguments are not what the entry gives: calls are not checked by LLVM."""
    function = kernel.result.library.get_function(_target(kernel))
    given = [str(argument.type) for argument in function.arguments][2:]
    if given != argument_types(kernel.declared.signature):
        raise BuildError(f"{name}: numba takes {given}, and not what its entry gives it")


def _hide(whole: Any, kernels: dict[str, AheadKernel]) -> None:  # noqa: ANN401  as above
    """Nothing but the functions that Python calls, and the digest, is seen from outside."""
    for function in whole.functions:
        if not function.is_declaration and function.name not in kernels:
            function.linkage = "internal"
    for value in whole.global_variables:
        if not value.is_declaration and value.name != DIGEST_SYMBOL:
            value.linkage = "internal"


def _emitted(whole: Any, kernels: dict[str, AheadKernel], processor: str) -> bytes:  # noqa: ANN401  as above
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(cpu=processor, features="", opt=_THOROUGH, reloc="pic", codemodel="small")
    _optimise(whole, machine, level=0)  # brings together what the next removes: references counted up and down again
    _hide(whole, kernels)
    _optimise(whole, machine, level=_THOROUGH)
    _optimise(whole, machine, level=_THOROUGH)
    whole.verify()
    outside = {function.name for function in whole.functions if function.is_declaration}
    outside |= {value.name for value in whole.global_variables if value.is_declaration}
    strangers = sorted(
        name for name in outside - _OUTSIDE if not name.startswith("llvm.") or name.split(".")[1] in _CALLS
    )
    if strangers:
        raise BuildError(f"kernels need {', '.join(strangers)}, which no library has: does one copy a slice, or raise?")
    code: bytes = machine.emit_object(whole)
    return code


def _optimise(whole: Any, machine: Any, *, level: int) -> None:  # noqa: ANN401  as above
    """As numba does for a kernel: a cheap pass by its own choice, or LLVM's whole pipeline; and what no entry needs
    goes.
    """
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(level))
    passes = builder.getModulePassManager()
    if level == 0:
        passes.add_loop_rotate_pass()
        passes.add_instruction_combine_pass()
        passes.add_jump_threading_pass()
    passes.add_refprune_pass()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(whole, builder)
