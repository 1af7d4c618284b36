"""Logs of real servers, made on the spot: `python -m benchmarks.codec.servers OUT [--mib 16]`.

    postgres.log, postgres.csv, postgres.jsonl   the same events of a PostgreSQL server under pgbench, every statement
    logged nginx.log, nginx.jsonl                       the same requests of a seeded client, combined and JSON log
    formats strace.log                                   strace -f -tt -T of processes that look for files and read them

Each is at most --mib MiB (8 to 32 say most). What is not installed is named and left out (Debian: postgresql,
nginx-light, strace). The servers run in a temporary folder on their own sockets and are stopped at the end; nothing of
the machine's configuration is touched.
"""

import argparse
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MIB = 1 << 20
POSTGRES_SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_filename = 'server.log'
log_rotation_size = 0
log_statement = 'all'
log_duration = on
log_connections = on
log_disconnections = on
log_line_prefix = '%m [%p] %q%u@%d '
"""
NGINX_SETTINGS = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  log_format as_json escape=json '{{"time":"$time_iso8601","remote_addr":"$remote_addr","method":"$request_method",'
    '"uri":"$request_uri","status":$status,"bytes":$body_bytes_sent,"request_time":$request_time,'
    '"referrer":"$http_referer","agent":"$http_user_agent","connection":$connection}}';
  access_log {folder}/nginx.log combined buffer=64k;
  access_log {folder}/nginx.jsonl as_json buffer=64k;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 100000;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    location /api/ {{ return 200 '{{"ok":true}}'; }}
    location /old/ {{ return 301 /new$request_uri; }}
    location /private/ {{ return 403; }}
  }}
}}
"""
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "curl/8.{}.0",
    "Mozilla/5.0 (compatible; bingbot/2.{}; +http://www.bing.com/bingbot.htm)",
)
PAGES = ("products", "cart", "search", "user", "images", "docs", "login", "orders")
MOST_SLICES = 200


class UnmadeLogError(Exception):
    """A log could not be made; the message says what is missing."""


def make_logs(out: Path, size: int) -> list[str]:
    """Make every log that can be made, each at most `size` bytes, in the folder `out`. Returns a line for each
    source.
    """
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, make in SOURCES.items():
        began = time.monotonic()
        try:
            files = make(out, size)
        except (UnmadeLogError, OSError, subprocess.SubprocessError) as error:
            lines.append(f"{name}: not made: {error}")
            continue
        sizes = ", ".join(f"{file.name} {file.stat().st_size / MIB:.1f} MiB" for file in files)
        lines.append(f"{name}: {sizes} in {time.monotonic() - began:.0f} s")
    return lines


def postgres(out: Path, size: int) -> list[Path]:
    """One server's events in its three log formats."""
    programs = _postgres_programs()
    with _scratch("postgres" if os.geteuid() == 0 else None) as (folder, user):
        data, sockets = folder / "data", folder

        def run(program: str, *arguments: str) -> None:
            subprocess.run([*user, str(programs / program), *arguments], check=True, capture_output=True, cwd=folder)

        run("initdb", "-D", str(data), "-A", "trust", "--no-sync", "-U", "bench")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(POSTGRES_SETTINGS + f"unix_socket_directories = '{sockets}'\n")
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "start.log"), "start")
        try:
            here = ("-h", str(sockets), "-U", "bench", "postgres")
            run("pgbench", "-i", "-q", *here)
            log = data / "log" / "server.log"
            _until(log, size, lambda n: run("pgbench", "-c", "4", "-t", "500", f"--random-seed={n}", *here))
        finally:
            run("pg_ctl", "-D", str(data), "-m", "fast", "stop")
        made = {".log": ".log", ".csv": ".csv", ".json": ".jsonl"}
        return [_keep(log.with_suffix(old), out / f"postgres{new}", size) for old, new in made.items()]


def nginx(out: Path, size: int) -> list[Path]:
    """One server's requests in its two log formats."""
    program = _program("nginx", "/usr/sbin/nginx")
    with _scratch(None) as (folder, _):
        port = _free_port()
        _site(folder / "www")
        settings = folder / "nginx.conf"
        settings.write_text(NGINX_SETTINGS.format(folder=folder, port=port), encoding="utf-8")
        folder.chmod(0o755)
        command = [
            program,
            "-c",
            str(settings),
            "-p",
            str(folder),
            "-e",
            str(folder / "error.log"),
            "-g",
            "daemon off;",
        ]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            rng = random.Random(7)
            _until(folder / "nginx.log", size, lambda _: _visits(rng, port, 120))
        finally:
            server.terminate()
            server.wait(30)
        return [_keep(folder / name, out / name, size) for name in ("nginx.log", "nginx.jsonl")]


def strace(out: Path, size: int) -> list[Path]:
    """The system calls of a shell, find, xargs and sha256sum over the interpreter's own files."""
    program = _program("strace", "/usr/bin/strace")
    library = sysconfig.get_path("stdlib")
    made = out / "strace.log"
    made.write_bytes(b"")
    packages = sorted(path for path in Path(library).iterdir() if path.is_dir())

    def trace(number: int) -> None:
        part = packages[number % len(packages)]
        work = f"find '{part}' -type f -name '*.py' -print0 | xargs -0 -r -n 20 -P 2 sha256sum > /dev/null"
        subprocess.run(
            [program, "-f", "-tt", "-T", "-A", "-o", str(made), "sh", "-c", work], check=True, capture_output=True
        )

    _until(made, size, trace)
    return [_keep(made, made, size)]


SOURCES: dict[str, Callable[[Path, int], list[Path]]] = {"PostgreSQL": postgres, "nginx": nginx, "strace": strace}


def _until(log: Path, size: int, work: Callable[[int], None]) -> None:
    """Work on, slice by slice, until the log has that size."""
    for number in range(MOST_SLICES):
        work(number)
        if log.exists() and log.stat().st_size >= size:
            return
    if not log.exists() or log.stat().st_size < MIB:
        raise UnmadeLogError(f"{log.name} stayed below 1 MiB")


def _keep(log: Path, target: Path, size: int) -> Path:
    """The log's first `size` bytes, whole lines of them, as `target`."""
    with log.open("rb") as stream:
        data = stream.read(size)
    target.write_bytes(data[: data.rfind(b"\n") + 1])
    return target


@contextmanager
def _scratch(user: str | None) -> Iterator[tuple[Path, list[str]]]:
    """A temporary folder, and the command's head that runs a program as its owner (PostgreSQL refuses root)."""
    folder = Path(tempfile.mkdtemp(prefix="glyph-logs-"))
    try:
        head: list[str] = []
        if user is not None:
            try:
                owner = pwd.getpwnam(user)
            except KeyError as error:
                raise UnmadeLogError(f"there is no user {user} to run as") from error
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            head = [_program("runuser", "/usr/sbin/runuser"), "-u", user, "--"]
        yield folder, head
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str, usual: str) -> str:
    found = shutil.which(name) or (usual if Path(usual).exists() else None)
    if found is None:
        raise UnmadeLogError(f"{name} is not installed")
    return found


def _postgres_programs() -> Path:
    """The folder of the newest server that writes JSON logs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    near = shutil.which("initdb")
    folders = [path.parent for path in found] + ([Path(near).parent] if near else [])
    whole = [folder for folder in folders if (folder / "pgbench").exists() and (folder / "pg_ctl").exists()]
    if not whole:
        raise UnmadeLogError("postgresql is not installed")
    return whole[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise UnmadeLogError("nginx did not start")


def _site(root: Path) -> None:
    rng = random.Random(5)
    for page in PAGES:
        (root / page).mkdir(parents=True)
        for number in range(30):
            (root / page / f"{number}.html").write_text(
                "x" * int(rng.paretovariate(0.8) * 200 % 90_000), encoding="ascii"
            )


def _visits(rng: random.Random, port: int, visitors: int) -> None:
    """Each visitor comes from its own loopback address and sends its requests at once (pipelined)."""
    for _ in range(visitors):
        crowd = min(4000, int(rng.paretovariate(0.7)))
        agent = rng.choice(AGENTS).replace("{}", str(rng.randrange(100, 130)))
        requests = b"".join(_request(rng, agent) for _ in range(rng.randrange(1, 30)))
        with socket.socket() as client:
            client.bind((f"127.{1 + crowd % 9}.{crowd * 37 % 256}.{1 + crowd * 101 % 250}", 0))
            client.connect(("127.0.0.1", port))
            client.sendall(requests + b"GET /bye HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            while client.recv(1 << 16):
                pass
        time.sleep(rng.expovariate(500))  # so that the log's clock moves


def _request(rng: random.Random, agent: str) -> bytes:
    page = rng.choice(PAGES)
    path = rng.choice(
        (
            f"/{page}/{min(40, int(rng.paretovariate(1)))}.html",
            f"/{page}/{rng.randrange(30)}.html?session={rng.getrandbits(48):x}&page={rng.randrange(20)}",
            f"/api/{page}/{rng.randrange(10**6)}",
            f"/old/{page}",
            f"/private/{page}",
        )
    )
    referrer = rng.choice(("-", f"https://www.example.com/{rng.choice(PAGES)}", "https://search.example.org/"))
    return f"GET {path} HTTP/1.1\r\nHost: h\r\nUser-Agent: {agent}\r\nReferer: {referrer}\r\n\r\n".encode()


def main() -> int:
    """Make the logs; exit status 1 where none could be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mib", type=float, default=16, help="most MiB of each log (default 16)")
    arguments = parser.parse_args()
    lines = make_logs(arguments.out, int(arguments.mib * MIB))
    print("\n".join(lines))
    return int(all("not made" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
