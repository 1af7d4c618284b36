"""A small process beside the orchestrator. When the orchestrator is gone, however it died, the guard cleans up.

It ends what was left running, and removes temporary folders. The kernel already kills each attempt's first process
then (see `worker`); the guard ends their descendants too. It waits on a pipe whose other end only the orchestrator
holds. So it needs no clock, and never outlives the orchestrator for long.

It runs as a script, by its path and without what `site` adds. So it takes little time from the run that it starts with.
"""

import os
import sys

GRACE = 1.0


def main() -> None:
    """Wait for the end of standard input. Then end every process of that owner, and remove the folders named on it."""
    os.setsid()  # Ctrl-C is for the orchestrator, which can still need a guard
    os.chdir("/")
    named, rest = set[bytes](), b""
    while said := os.read(0, 1 << 16):
        *whole, rest = (rest + said).split(b"\0")
        named.update(whole)

    from orchestrator.executors.tree import OWNER, end_tree  # noqa: PLC0415 - not while tasks have work for the cores

    end_tree(sys.argv[1], GRACE, OWNER)
    for folder in named:
        remove(folder)


def remove(folder: bytes) -> None:
    """The folder and all below it, and the one around it if nothing else is in there."""
    import shutil  # noqa: PLC0415 - few runs name any

    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rmdir(os.path.dirname(folder))  # noqa: PTH106, PTH120 - bytes
    except OSError:
        return


if __name__ == "__main__":
    sys.path.append(__file__.rsplit("/", 3)[0])  # after the standard library, of which this package has namesakes
    main()
