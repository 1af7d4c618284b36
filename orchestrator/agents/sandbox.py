"""The sandbox of an agent's program, or of a hand-in that is measured. The program can write to its own places and read
the project. Everything of ours is hidden.

bubblewrap makes a view of the file system without our state folder, home and credentials, with processes and network of
its own. Where it is not installed, landlock (`orchestrator.agents.landlocked`) forbids the same of what is there.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.errors import OrchestratorError

HIDDEN: Final = (".env", ".netrc", ".npmrc", ".pypirc", ".git-credentials")
"""Files of a project that hold secrets by custom; `.env.*` too."""
PROGRAMS: Final = ("bin", "lib", "lib64", "libexec")
"""Where a prefix has programs, and what these load."""
RELAY: Final = str(Path(__file__).with_name("relay.py"))
LANDLOCKED: Final = str(Path(__file__).with_name("landlocked.py"))

CAPABILITIES: Final = ("--cap-drop", "ALL", *(("--cap-add", "CAP_SETFCAP") if os.geteuid() == 0 else ()))
"""Root could unmount what covers our folders. The one that is left lets it make a sandbox of its own, as some agents do
for their tools (user_namespaces(7)): there, mounts are locked. bubblewrap lets no program gain others by it.
"""
AFTER: Final = {"--tmpfs": 1, "--ro-bind": 2, "--ro-bind-try": 2, "--bind": 2}
"""At which word after it bubblewrap is told where to mount."""
PATIENCE: Final = 10.0
"""Seconds that bubblewrap may take to show that it works."""
TCP_ABI: Final = 4
"""Landlock's first version that restricts connections."""


class NoSandboxError(OrchestratorError):
    """The plan asks for a sandbox, and this machine has none."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What a program may see. workspace, home: to write; project, repo: to read; state: out of sight.

    network: whether it reaches other hosts. socket: of the metering proxy, None if there is none; port: where the
    agent finds it. shown, written: more places to read and to write, wherever they lie. hatch: a socket at which it may
    ask about its task, None where it may not. lasting: whether what it writes stays; else each place to write is an
    empty one, which goes with the program.
    """

    workspace: Path
    home: Path
    project: Path
    repo: Path
    state: Path
    network: bool = False
    socket: Path | None = None
    port: int = 0
    shown: tuple[Path, ...] = ()
    written: tuple[Path, ...] = ()
    hatch: Path | None = None
    lasting: bool = True


def choose(asked: str) -> str:
    """The sandbox to use: the one that is asked for, or the best there is. Raises NoSandboxError with the mend."""
    if asked == "none":
        return "none"
    if asked in {"auto", "bubblewrap"} and not bubblewrap_lacks():
        return "bubblewrap"
    if asked in {"auto", "landlock"} and has_landlock():
        return "landlock"
    wanted = "sandbox" if asked == "auto" else f"sandbox {asked!r}"
    why = f" ({bubblewrap_lacks()})" if asked != "landlock" else ""
    raise NoSandboxError(
        f"there is no {wanted} on this machine, and an agent's program needs one{why}\n"
        "  mend: install bubblewrap (Debian: apt install bubblewrap) and allow user namespaces, or write `sandbox: "
        "none` for the agent; the report will say so"
    )


def bubblewrap_lacks() -> str:
    """Why bubblewrap makes no sandbox here, "" where it does. In a container it is often installed, and not allowed."""
    return _refused(_bwrap()) if shutil.which("bwrap") else "bubblewrap is not installed"


def _bwrap() -> str:
    """Where it is on our own PATH. What the program's PATH leads to may be a hand-in's, and starts outside."""
    return os.path.abspath(shutil.which("bwrap") or "bwrap")  # noqa: PTH100 - as text


@functools.cache
def _refused(bwrap: str) -> str:
    """What it says where it may not; it is asked once. One that does not answer is not taken for forbidden."""
    argv = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = done.stderr.decode("utf-8", "replace").strip()[:200]
    return "" if done.returncode == 0 else f"bubblewrap may not make a sandbox: {said}"


def has_landlock() -> bool:
    """Whether this kernel has landlock, and the package that speaks to it is installed."""
    try:
        import landlockpy  # noqa: PLC0415 - an extra
    except ImportError:
        return False
    return bool(landlockpy.supported())


def shortfall(kind: str, *, network: bool) -> str:
    """What the sandbox does not keep the agent from, in one sentence; "" where it keeps it from all that it should."""
    if kind == "none":
        return "without a sandbox it can read and write whatever we can"
    if kind != "landlock" or network:
        return ""
    import landlockpy  # noqa: PLC0415 - an extra

    if landlockpy.abi_version() < TCP_ABI:
        return "landlock of this kernel does not keep it from the network"
    return "landlock keeps it from TCP, but not from UDP and sockets in the file system"


def enclosed(kind: str, argv: Sequence[str], inside: Enclosure) -> list[str]:
    """The command line that runs the program in the sandbox."""
    match kind:
        case "bubblewrap":
            words = [*bubblewrap(argv, inside), "--chdir", str(inside.workspace), "--"]
            return [*words, *_through_relay(argv, inside)]
        case "landlock":
            return _landlocked(argv, inside)
        case _:
            return _through_relay(argv, inside)


def bubblewrap(argv: Sequence[str], inside: Enclosure) -> list[str]:
    """Bwrap's words for the view. Later ones cover earlier ones. Where it starts, and the program, come after them."""
    home = os.path.expanduser("~")  # noqa: PTH111 - as text
    real = os.path.realpath(home)  # the home may be a link to another disk
    words = [_bwrap(), "--die-with-parent", "--unshare-all", *CAPABILITIES]
    words += ["--share-net"] if inside.network else []
    words += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for place in dict.fromkeys(("/tmp", "/var/tmp", "/run", "/root", "/home", home, real)):  # noqa: S108 - what is covered
        words += ["--tmpfs", place] if os.path.isdir(place) and place != "/" else []  # noqa: PTH112
    words += _shown(_readable(inside, home))
    if any(_below(Path(home), place) for place in (inside.project, inside.repo)) and home != "/":
        words += ["--tmpfs", home]  # once more: it lies in what was just shown
        words += _shown(place for place in _readable(inside, home) if _below(Path(place), Path(home)))
    words += _shown(dict.fromkeys((*installation(argv[0]), *_interpreter())))
    for secret in secrets_of(inside.project):
        words += ["--ro-bind", "/dev/null", secret]
    words += ["--tmpfs", str(inside.state)]
    words += _shown([str(inside.repo)] if _below(inside.repo, inside.state) else [])
    words += _shown(map(str, inside.shown))
    for place in map(str, (inside.workspace, inside.home, *inside.written)):
        words += ["--bind", place, place] if inside.lasting else ["--tmpfs", place]
    for each in (inside.socket, inside.hatch):
        words += ["--bind", str(each), str(each)] if each is not None else []
    return unlinked(words)


def unlinked(words: Sequence[str]) -> list[str]:
    """The same words with nothing mounted on a link, as /bin is one: newer versions of bubblewrap refuse that. What the
    program would see as a link is mounted where that leads.
    """
    found, mounts = list(words), list[tuple[Path, bool]]()
    for index, word in enumerate(words):
        if word in AFTER:
            place = words[index + AFTER[word]]
            seen = next((there for mount, there in reversed(mounts) if _below(Path(place), mount)), True)
            if seen and os.path.islink(place):  # noqa: PTH114 - as text
                found[index + AFTER[word]] = os.path.realpath(place)
            mounts.append((Path(found[index + AFTER[word]]), word != "--tmpfs"))
    return found


def _shown(places: Iterable[str]) -> list[str]:
    """Words that show each place where it is there, to be read only."""
    return [word for place in places for word in ("--ro-bind-try", place, place)]


def _readable(inside: Enclosure, home: str) -> list[str]:
    """The project and the repository; of one that is our home itself only what git needs, since credentials lie
    there.
    """
    places = dict.fromkeys((inside.project, inside.repo))
    return [str(place / ".git" if str(place) == home else place) for place in places]


def installation(program: str) -> list[str]:
    """Folders that a program needs of what the sandbox hides: where it is installed, and what it is a link to."""
    path = shutil.which(program)
    if path is None:
        return []
    found = []
    for place in dict.fromkeys((os.path.abspath(path), os.path.realpath(path))):  # noqa: PTH100
        parts = Path(place).parts
        if "node_modules" in parts:
            found.append(str(Path(*parts[: parts.index("node_modules") + 1])))
        elif (Path(place).parent.parent / "pyvenv.cfg").exists() or Path(place).parent.name == "bin":
            found += [*_installed(Path(place).parent.parent), *_made_from(Path(place).parent.parent)]
        else:
            found.append(place)
    return [place for place in dict.fromkeys(found) if place not in {"/", "/usr"}]


def _installed(prefix: Path) -> list[str]:
    """The prefix that a program is installed in. In our home and in ~/.local people keep other things, such as logins
    and keyrings: of these only where programs lie.
    """
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - where there is no home, this is no error
    if prefix not in {home, home / ".local"}:
        return [str(prefix)]
    return [str(prefix / name) for name in PROGRAMS if (prefix / name).is_dir()]


def _made_from(environment: Path) -> list[str]:
    """Where the Python is installed that a virtual environment was made from. Its links lead there."""
    try:
        lines = (environment / "pyvenv.cfg").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    said = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "home"]
    return [place for home in said if Path(home).is_absolute() for place in _installed(Path(home).parent)]


def secrets_of(project: Path) -> list[str]:
    """Files at the top of the project that hold secrets by custom."""
    try:
        names = sorted(os.listdir(project))  # noqa: PTH208
    except OSError:
        return []
    secret = [name for name in names if name in HIDDEN or name.startswith(".env.")]
    return [str(project / name) for name in secret if (project / name).is_file() and not (project / name).is_symlink()]


def _interpreter() -> list[str]:
    """What our own interpreter needs: the relay runs in the sandbox."""
    package = str(Path(__file__).parents[1])
    prefixes = (place for prefix in (sys.prefix, sys.base_prefix) for place in _installed(Path(prefix)))
    return list(dict.fromkeys((*prefixes, package)))


def _through_relay(argv: Sequence[str], inside: Enclosure) -> list[str]:
    if inside.socket is None:
        return list(argv)
    return [sys.executable, "-I", "-S", RELAY, str(inside.socket), str(inside.port), *argv]


def _landlocked(argv: Sequence[str], inside: Enclosure) -> list[str]:
    words = [sys.executable, "-I", LANDLOCKED]
    for writable in (inside.workspace, inside.home, *inside.written):
        words += ["--write", str(writable)]
    home = os.path.expanduser("~")  # noqa: PTH111 - as text
    for place in (*installation(argv[0]), *_interpreter(), *_readable(inside, home), *map(str, inside.shown)):
        words += ["--read", place]
    for hidden in (str(inside.state), home, *secrets_of(inside.project)):
        words += ["--hide", hidden]
    words += ["--network"] if inside.network else ["--port", str(inside.port)]
    return [*words, "--", *_through_relay(argv, inside)]


def _below(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
