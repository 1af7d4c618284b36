import ctypes
import sys

import pytest

from building import link

llvm = pytest.importorskip("llvmlite.binding")


@pytest.fixture
def made(tmp_path):
    """An object file with one function."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="small")
    place = tmp_path / "answer.o"
    place.write_bytes(machine.emit_object(llvm.parse_assembly("define i32 @answer() {\n  ret i32 42\n}")))
    return place


def commands():
    return link.system_linkers()


@pytest.mark.skipif(not commands(), reason="the system has no linker")
def test_every_linker_of_the_system_makes_a_library_that_can_be_called(made, tmp_path, monkeypatch):
    for number, command in enumerate(commands()):
        monkeypatch.setattr(link, "system_linkers", lambda command=command: [command])
        library = tmp_path / f"answer-{number}.so"
        assert link.link(made, library) == " ".join(command)
        assert ctypes.CDLL(str(library)).answer() == 42


def test_a_linker_that_fails_is_passed_over(made, tmp_path, monkeypatch):
    good = commands()
    monkeypatch.setattr(
        link, "system_linkers", lambda: [["false"], [sys.executable, "-c", "raise SystemExit(3)"], *good]
    )
    if good:
        assert link.link(made, tmp_path / "answer.so") == " ".join(good[0])


def test_without_a_linker_the_mend_is_named(made, tmp_path, monkeypatch):
    monkeypatch.setattr(link, "system_linkers", lambda: [["false"]])
    monkeypatch.setattr(link, "find_spec", lambda _name: None)
    with pytest.raises(link.LinkError, match="mend: "):
        link.link(made, tmp_path / "answer.so")


@pytest.mark.parametrize(("found", "asked"), [([["ld"]], []), ([], [link.ZIG])])
def test_a_linker_is_asked_for_only_where_the_system_has_none(monkeypatch, found, asked):
    monkeypatch.setattr(link, "system_linkers", lambda: found)
    assert link.needed() == asked
