"""Seeded data of many shapes, for training and timing where no corpus is at hand: the same bytes on every machine."""

import base64
import csv
import io
import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VOCABULARY = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "was",
    "on",
    "are",
    "as",
    "with",
    "his",
    "they",
    "at",
    "be",
    "this",
    "from",
    "have",
    "or",
    "by",
    "one",
    "had",
    "not",
    "but",
    "what",
    "all",
    "were",
    "when",
    "we",
    "there",
    "can",
    "an",
    "your",
    "which",
    "their",
    "said",
    "if",
    "do",
    "will",
    "each",
    "about",
    "how",
    "up",
    "out",
    "them",
    "then",
    "she",
    "many",
    "some",
    "so",
    "these",
    "would",
    "other",
    "into",
    "has",
    "more",
    "buffer",
    "stream",
    "record",
    "block",
    "encoder",
    "reader",
    "writer",
    "node",
    "value",
    "path",
    "index",
    "journal",
    "memory",
    "worker",
    "queue",
    "lease",
    "retry",
    "timeout",
    "session",
]
PLACES = ("Oslo", "Lima", "Pune", "Kyiv", "Graz", "Cork", "Bari", "Nara", "Suva", "Baku", "Jena", "Lyon")


@dataclass
class Source:
    """A seeded story: a clock that only goes forward, and words, users and addresses of which few are common and
    many rare.
    """

    rng: random.Random
    now: datetime = datetime(2023, 11, 28, 22, 58, tzinfo=UTC)

    def tick(self) -> datetime:
        """The next moment."""
        self.now += timedelta(milliseconds=int(self.rng.expovariate(1 / 400)))
        return self.now

    def rare(self, size: int) -> int:
        """A number below `size`, small ones more often."""
        return min(size - 1, int(self.rng.paretovariate(0.9)) - 1)

    def word(self) -> str:
        """A word, the first of the vocabulary more often."""
        return VOCABULARY[self.rare(len(VOCABULARY))]

    def words(self, low: int, high: int) -> str:
        """Between `low` and `high` words."""
        return " ".join(self.word() for _ in range(self.rng.randint(low, high)))

    def address(self) -> str:
        """An IPv4 address from a crowd of about a thousand."""
        client = self.rare(1000)
        return f"10.{client % 7}.{client * 37 % 256}.{client * 101 % 256}"

    def hexadecimal(self, digits: int) -> str:
        """As many random hexadecimal digits."""
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"


def syslog(s: Source) -> str:
    """One line of a system log, one of five messages."""
    head = f"{s.tick():%b %d %H:%M:%S} host{s.rng.randrange(4)} "
    return head + s.rng.choice(
        (
            (
                f"sshd[{s.rng.randrange(9000)}]: Failed password for invalid user {s.word()} from {s.address()} port "
                f"{s.rng.randrange(65536)} ssh2"
            ),
            (
                f"sshd[{s.rng.randrange(9000)}]: Connection closed by {s.address()} port {s.rng.randrange(65536)} "
                f"[preauth]"
            ),
            f"systemd[1]: Started Session {s.rare(5000)} of user {s.word()}.",
            f"kernel: [{s.rng.random() * 1e6:.6f}] eth0: link up, {s.rng.choice((100, 1000))} Mbps, full duplex",
            f"cron[{s.rng.randrange(9000)}]: ({s.word()}) CMD (/usr/lib/{s.word()}/{s.word()} --quiet)",
        )
    )


def access_log(s: Source) -> str:
    """One line of a web server's combined log."""
    return (
        f'{s.address()} - - [{s.tick():%d/%b/%Y:%H:%M:%S +0000}] "GET /{s.word()}/{s.rare(9999)} HTTP/1.1" '
        f'{s.rng.choice((200, 200, 200, 304, 404, 500))} {s.rng.randrange(90000)} "-" "Mozilla/5.0 (X11; '
        f'rv:{s.rare(120)}.0)"'
    )


def application_log(s: Source) -> str:
    """One record of a Java service's log, now and then with a trace behind it."""
    line = (
        f"{s.tick():%Y-%m-%d %H:%M:%S},{s.rng.randrange(1000):03d} {s.rng.choice(('INFO', 'INFO', 'WARN'))} "
        f"[worker-{s.rng.randrange(8)}] "
    )
    line += (
        f"org.example.{s.word()}.Service: request {s.hexadecimal(16)} took {s.rng.randrange(2000)} ms for user "
        f"{s.rare(3000)}"
    )
    return line + (
        f"\n\tat org.example.{s.word()}.Pool.take(Pool.java:{s.rare(400)})" * (3 if s.rng.random() < 0.02 else 0)
    )


def supercomputer_log(s: Source) -> str:
    """One line that has its times as plain numbers."""
    at = s.tick()
    node = f"R{s.rng.randrange(70):02d}-M{s.rng.randrange(2)}-N{s.rng.randrange(16):X}"
    return f"- {int(at.timestamp())} {at:%Y.%m.%d} {node} RAS KERNEL INFO {s.words(3, 7)} {s.hexadecimal(8)}"


def statement_log(s: Source) -> str:
    """One line of a database's statement log."""
    key = s.rng.randrange(100000)
    return (
        f"{s.tick():%Y-%m-%d %H:%M:%S.%f} UTC [{s.rng.randrange(400, 440)}] LOG:  statement: "
        f"UPDATE accounts SET balance = balance + {s.rng.randrange(-5000, 5000)} WHERE aid = {key};"
    )


def payload_log(s: Source) -> str:
    """A log line that ends in JSON."""
    return f"{s.tick():%Y-%m-%dT%H:%M:%S.%fZ} {s.word()} event {json.dumps(event(s))}"


def container_log(s: Source) -> str:
    """A log line of a container's runtime, with the application's JSON behind its head."""
    head = f"{s.tick():%Y-%m-%dT%H:%M:%S.%f}000Z stdout F "
    return head + json.dumps(
        {"level": s.rng.choice(("debug", "info")), "msg": s.words(2, 6), "span": s.hexadecimal(16), "n": s.rare(900)}
    )


def forwarded_log(s: Source) -> str:
    """A syslog line that carries a JSON record."""
    return (
        f"<{s.rng.randrange(192)}>{s.tick():%b %d %H:%M:%S} gw{s.rare(6)} audit: "
        f"{json.dumps(nested(s), separators=(',', ':'))}"
    )


def request_log(s: Source) -> str:
    """A service's log line with the request's body as JSON in its middle."""
    body = {
        "account": s.rng.randrange(10**6),
        "amount": round(s.rng.uniform(1, 900), 2),
        "currency": "EUR",
        "note": s.words(1, 4),
    }
    return (
        f"{s.tick():%H:%M:%S.%f} [{s.rng.randrange(64):02d}] INFO POST /{s.word()} body={json.dumps(body)} "
        f"status={s.rng.choice((200, 201, 409))}"
    )


def queue_log(s: Source) -> str:
    """A message queue's log line: JSON behind a number and a time."""
    values = {
        "key": s.hexadecimal(24),
        "partition": s.rng.randrange(12),
        "value": [s.rare(900) for _ in range(s.rng.randrange(2, 6))],
    }
    return f"{s.rng.randrange(10**9)} {s.tick():%Y-%m-%d %H:%M:%S} consumed {json.dumps(values, separators=(',', ':'))}"


def pairs_log(s: Source) -> str:
    """A log line of key=value pairs."""
    return (
        f"time={s.tick():%Y-%m-%dT%H:%M:%SZ} level={s.rng.choice(('info', 'warn'))} component={s.word()} "
        f'msg="{s.words(2, 6)}" duration={s.rng.random():.6f}s peer={s.address()}:{s.rng.randrange(65536)} '
        f"trace={s.hexadecimal(16)}"
    )


def snapshot(s: Source) -> dict[str, object]:
    """A wide record of counters that mostly grow: a server's status, sampled."""
    at = int(s.tick().timestamp() * 1000)
    zones = {
        f"zone_{name}": {"requests": at // (index + 3), "discarded": s.rare(50), "received": at * 7 + s.rare(9000)}
        for index, name in enumerate(PLACES)
    }
    peers = [
        {"id": n, "server": f"10.0.0.{n}:80", "state": "up", "requests": at // 900 + s.rare(99), "fails": s.rare(3)}
        for n in range(12)
    ]
    return {"version": 6, "timestamp": at, "pid": 4711, "zones": zones, "peers": peers}


def metrics(s: Source) -> dict[str, object]:
    """A wide, flat record of measurements."""
    return {"ts": s.tick().timestamp()} | {
        f"node_{VOCABULARY[n % 50]}_{n}": round(s.rng.gauss(100, 9), n % 4) for n in range(90)
    }


def event(s: Source) -> dict[str, object]:
    """A flat record with a time, numbers, an id and words."""
    return {
        "ts": s.tick().isoformat(),
        "level": s.rng.choice(("info", "info", "warn", "error")),
        "service": s.word(),
        "request_id": s.hexadecimal(32),
        "status": s.rng.choice((200, 200, 201, 404)),
        "took_ms": round(s.rng.expovariate(1 / 30), 3),
        "message": s.words(3, 8),
    }


def nested(s: Source) -> dict[str, object]:
    """A nested record in which some keys come and go."""
    record: dict[str, object] = {
        "id": s.rng.randrange(10**9),
        "user": {"name": s.word(), "place": s.rng.choice(PLACES), "verified": s.rng.random() < 0.1},
        "tags": [s.word() for _ in range(s.rare(5))],
        "text": s.words(5, 30),
        "created_at": f"{s.tick():%a %b %d %H:%M:%S +0000 %Y}",
    }
    if s.rng.random() < 0.3:
        record["geo"] = {
            "type": "Point",
            "coordinates": [round(s.rng.uniform(-90, 90), 6), round(s.rng.uniform(-180, 180), 6)],
        }
    return record


def sensor_row(s: Source) -> list[object]:
    """A row of slowly varying numbers."""
    at = s.tick()
    daily = at.hour + at.minute / 60
    return [
        f"{at:%Y-%m-%dT%H:%M:%SZ}",
        s.rng.choice(PLACES),
        round(12 + daily / 3 + s.rng.gauss(0, 0.4), 2),
        s.rng.randrange(1000, 1025),
        s.rare(40),
    ]


def order_row(s: Source) -> list[object]:
    """A row of a shop's orders; notes hold separators, and are quoted."""
    return [
        s.rng.randrange(10**7),
        s.word(),
        f"{s.rng.uniform(1, 500):.2f}",
        s.rng.choice(("EUR", "USD")),
        s.rng.choice(PLACES),
        f"{s.words(1, 3)}, {s.word()}",
    ]


def codes_row(s: Source) -> list[object]:
    """A row of small codes, as in a census."""
    return [s.rng.randrange(2) if column % 3 else s.rare(30) for column in range(40)]


def _lines(make: Callable[[Source], str], ending: str = "\n") -> Callable[[Source, int], bytes]:
    def build(source: Source, size: int) -> bytes:
        out = bytearray()
        while len(out) < size:
            out += (make(source) + ending).encode()
        return bytes(out)

    return build


def _rows(make: Callable[[Source], list[object]], separator: str) -> Callable[[Source, int], bytes]:
    def build(source: Source, size: int) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        while out.tell() < size:
            writer.writerow(make(source))
        return out.getvalue().encode()

    return build


def _document(make: Callable[[Source], object], indent: int | None) -> Callable[[Source, int], bytes]:
    separators = (",", ":") if indent is None else (",", ": ")

    def build(source: Source, size: int) -> bytes:
        probe = len(json.dumps([make(source) for _ in range(20)], indent=indent, separators=separators))
        records = [make(source) for _ in range(20 * size // probe + 1)]
        return json.dumps({"count": len(records), "items": records}, indent=indent, separators=separators).encode()

    return build


def _polygon(s: Source) -> object:
    return {
        "type": "Polygon",
        "coordinates": [[[round(s.rng.uniform(-180, 180), 6), round(s.rng.uniform(-90, 90), 6)] for _ in range(300)]],
    }


def _xml_row(s: Source) -> str:
    return (
        f'  <row id="{s.rng.randrange(10**6)}">\n    <name>{s.word()}</name>\n    '
        f"<place>{s.rng.choice(PLACES)}</place>\n    <text>{s.words(3, 12)}</text>\n  </row>"
    )


def _xml_attributes(s: Source) -> str:
    return (
        f'<node id="{s.rng.randrange(10**9)}" lat="{s.rng.uniform(47, 48):.7f}" lon="{s.rng.uniform(11, 12):.7f}" '
        f'user="{s.word()}"/>'
    )


def _insert(s: Source) -> str:
    return (
        f"INSERT INTO orders VALUES "
        f"({s.rng.randrange(10**7)},'{s.word()}',{s.rng.uniform(1, 500):.2f},'{s.tick():%Y-%m-%d %H:%M:%S}');"
    )


def _prose(s: Source) -> str:
    return s.words(6, 18).capitalize() + s.rng.choice((".", ".", ",", "?", "\n"))


def _prose_in(letters: str) -> Callable[[Source], str]:
    """Prose of words that are spelt with other letters, two bytes and more in UTF-8; one spelling for each word of
    the vocabulary.
    """
    spelling = {
        word: "".join(letters[(ord(c) * 7 + n) % len(letters)] for n, c in enumerate(word)) for word in VOCABULARY
    }
    return lambda s: " ".join(spelling[word] for word in s.words(8, 15).split()) + s.rng.choice((".", ",", "!"))


def _base64(s: Source) -> str:
    """One line of an encoded attachment."""
    return base64.b64encode(s.rng.randbytes(57)).decode()


def _minified(s: Source) -> str:
    """A function of a minified script."""
    return (
        f"function {s.word()[:2]}({s.word()[0]}){{return "
        f"{s.word()}.{s.word()}({s.rare(90)}?{s.word()}:!{s.rng.randrange(2)})}}"
    )


def _configuration(s: Source) -> str:
    return f"{s.word()}:\n  {s.word()}: {s.rare(999)}\n  {s.word()}:\n    - {s.words(1, 3)}\n    - {s.word()}"


def _random(source: Source, size: int) -> bytes:
    return source.rng.randbytes(size)


def _deflated(source: Source, size: int) -> bytes:
    out = bytearray()
    while len(out) < size:
        out += zlib.compress(_lines(syslog)(source, 60_000))
    return bytes(out)


def _doubles(source: Source, size: int) -> bytes:
    return b"".join(struct.pack("<d", source.rng.gauss(0, 1)) for _ in range(size // 8))


def _counters(source: Source, size: int) -> bytes:
    return b"".join(struct.pack("<IHH", n * 17, source.rare(60), 7) for n in range(size // 8))


FAMILIES: dict[str, Callable[[Source, int], bytes]] = {
    "syslog": _lines(syslog),
    "syslog with CRLF": _lines(syslog, "\r\n"),
    "access log": _lines(access_log),
    "application log": _lines(application_log),
    "supercomputer log": _lines(supercomputer_log),
    "statement log": _lines(statement_log),
    "log with JSON": _lines(payload_log),
    "log with JSON, container": _lines(container_log),
    "log with JSON, forwarded": _lines(forwarded_log),
    "log with JSON, requests": _lines(request_log),
    "log with JSON, queue": _lines(queue_log),
    "log of pairs": _lines(pairs_log),
    "SQL dump": _lines(_insert),
    "JSON lines, flat": _lines(lambda s: json.dumps(event(s), separators=(",", ":"))),
    "JSON lines, nested": _lines(lambda s: json.dumps(nested(s))),
    "JSON lines, arrays": _lines(lambda s: json.dumps(order_row(s))),
    "JSON lines, snapshots": _lines(lambda s: json.dumps(snapshot(s), separators=(",", ":"))),
    "JSON lines, metrics": _lines(lambda s: json.dumps(metrics(s), separators=(",", ":"))),
    "JSON lines, sparse": _lines(lambda s: json.dumps({k: v for k, v in event(s).items() if s.rng.random() < 0.6})),
    "JSON document, compact": _document(nested, None),
    "JSON document, indented": _document(event, 2),
    "JSON document, numbers": _document(_polygon, None),
    "CSV, sensors": _rows(sensor_row, ","),
    "CSV, orders": _rows(order_row, ","),
    "CSV, semicolons": _rows(order_row, ";"),
    "CSV, tabs": _rows(sensor_row, "\t"),
    "CSV, pipes": _rows(sensor_row, "|"),
    "CSV, codes": _rows(codes_row, ","),
    "XML, elements": _lines(_xml_row),
    "XML, attributes": _lines(_xml_attributes),
    "prose": _lines(_prose, " "),
    "prose, Greek": _lines(_prose_in("αβγδεζηθικλμνξοπρστυφχψω")),
    "prose, Cyrillic": _lines(_prose_in("абвгдежзийклмнопрстуфхцчшщъыьэюя"), " "),
    "prose, Chinese": _lines(_prose_in("".join(map(chr, range(0x4E00, 0x4F80))))),
    "base64": _lines(_base64),
    "minified script": _lines(_minified, ";"),
    "configuration": _lines(_configuration),
    "random": _random,
    "deflated": _deflated,
    "doubles": _doubles,
    "counters": _counters,
}
"""Name → builder of at least about `size` bytes from a source."""


def generate(size: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Each family's name and about `size` bytes of it."""
    for name, build in FAMILIES.items():
        yield name, build(Source(random.Random(f"{seed} {name}")), size)
