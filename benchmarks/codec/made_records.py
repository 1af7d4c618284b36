"""Records that services and programs write, made line by line: logs, JSON lines, tables. Each family is like one
program's output.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.codec.generated import PLACES, Source

Build = Callable[[Source, int], bytes]
"""About so many bytes of a family."""

_METHODS: Final = ("GET", "GET", "GET", "POST", "PUT", "DELETE")
_CODES: Final = (200, 200, 200, 200, 201, 204, 301, 304, 403, 404, 500, 502)
_VERBS: Final = ("get", "list", "watch", "create", "update", "patch", "delete")
_KINDS: Final = ("pods", "configmaps", "secrets", "leases", "endpoints", "events", "nodes", "deployments")
_CLASSES: Final = ("Handler", "Filter", "Dispatcher", "Channel", "Connection", "Pool", "Service", "Repository")


def lines(make: Callable[[Source], str], ending: str = "\n", encoding: str = "utf-8") -> Build:
    """A family of texts, each followed by `ending`."""

    def build(source: Source, size: int) -> bytes:
        out = bytearray()
        while len(out) < size:
            out += (make(source) + ending).encode(encoding, "replace")
        return bytes(out)

    return build


def json_lines(make: Callable[[Source], object]) -> Build:
    """A family of JSON values, one a line."""
    return lines(lambda s: json.dumps(make(s), separators=(",", ":")))


def syslog_5424(s: Source) -> str:
    """A line of RFC 5424, with structured data."""
    app = s.rng.choice(("sshd", "cron", "postfix", "haproxy", "kernel"))
    data = f'[exampleSDID@32473 iut="{s.rare(9)}" eventSource="{s.word()}" eventID="{s.rng.randrange(2000)}"]'
    return (
        f"<{s.rng.randrange(192)}>1 {s.tick().isoformat(timespec='milliseconds')} host{s.rare(30)}.example.com {app} "
        f"{s.rng.randrange(300, 32000)} ID{s.rare(99)} {data} {s.words(3, 14)}"
    )


def nginx_error(s: Source) -> str:
    """A line of nginx's error log."""
    what = s.rng.choice(
        (
            f'open() "/var/www/{s.word()}/{s.word()}-{s.hexadecimal(8)}.png" failed (2: No such file or directory)',
            (
                f"connect() failed (111: Connection refused) while connecting to upstream, upstream: "
                f'"http://127.0.0.1:{8000 + s.rare(20)}/{s.word()}"'
            ),
            f'access forbidden by rule, path "/{s.word()}/.git/config"',
            f"upstream timed out (110: Connection timed out) while reading response header from upstream {s.word()}",
            f'limiting requests, excess: {s.rng.uniform(0, 50):.3f} by zone "{s.word()}"',
        )
    )
    request = (
        f'client: {s.address()}, server: {s.word()}.example.com, request: "{s.rng.choice(_METHODS)} '
        f'/{s.word()}/{s.rng.randrange(10**5)} HTTP/1.1", host: "www.example.com"'
    )
    return (
        f"{s.tick():%Y/%m/%d %H:%M:%S} [error] {s.rng.randrange(1000, 1016)}#{s.rng.randrange(1000, 1016)}: "
        f"*{s.rng.randrange(10**7)} {what}, {request}"
    )


def stack_trace(s: Source) -> str:
    """A log record with a Java exception over several lines, or without."""
    head = (
        f"{s.tick():%Y-%m-%d %H:%M:%S,%f}"[:-3]
        + f" ERROR [worker-{s.rare(40)}] c.e.{s.word()}.{s.rng.choice(_CLASSES)} - {s.words(4, 12)}"
    )
    if s.rng.random() < 0.4:
        return head
    frames = [
        f"\tat com.example.{s.word()}.{s.rng.choice(_CLASSES)}.{s.word()}({s.rng.choice(_CLASSES)}.java:{s.rare(900)})"
        for _ in range(s.rng.randint(4, 25))
    ]
    cause = f"java.lang.IllegalStateException: {s.words(3, 8)} {s.hexadecimal(12)}"
    return "\n".join([head, cause, *frames, f"\t... {s.rare(60)} more"])


def python_trace(s: Source) -> str:
    """A line of Python's logging, at times with a traceback behind it."""
    head = (
        f"{s.tick():%Y-%m-%d %H:%M:%S,%f}"[:-3]
        + f" {s.word()}.{s.word()} WARNING {s.words(4, 12)} ({s.rng.uniform(0, 9):.4f}s)"
    )
    if s.rng.random() < 0.7:
        return head
    frames = [
        f'  File "/srv/app/{s.word()}/{s.word()}.py", line {s.rare(700)}, in {s.word()}_{s.word()}\n    {s.word()} = '
        f"self.{s.word()}({s.word()})"
        for _ in range(s.rng.randint(3, 9))
    ]
    return "\n".join(
        [head, "Traceback (most recent call last):", *frames, f"ValueError: {s.words(3, 9)}: '{s.hexadecimal(6)}'"]
    )


def journal_export(s: Source) -> str:
    """An entry of systemd's journal in its export format."""
    now = int(s.tick().timestamp() * 1e6)
    unit = s.rng.choice(("ssh", "cron", "docker", "nginx", "systemd-resolved"))
    return "\n".join(
        [
            f"__CURSOR=s={'ab12' * 8};i={s.rng.randrange(16**5):x};b={'0f9c' * 8};m={now % 10**10:x};t={now:x};x={s.hexadecimal(16)}",  # noqa: E501
            f"__REALTIME_TIMESTAMP={now}",
            f"__MONOTONIC_TIMESTAMP={now % 10**10}",
            f"_BOOT_ID={'0f9c' * 8}",
            f"PRIORITY={s.rare(7)}",
            f"SYSLOG_IDENTIFIER={unit}",
            f"_PID={s.rng.randrange(300, 32000)}",
            f"_SYSTEMD_UNIT={unit}.service",
            f"_CMDLINE=/usr/sbin/{unit} -{s.word()[0]} /etc/{unit}.conf",
            f"MESSAGE={s.words(4, 16)}",
            f"_SOURCE_REALTIME_TIMESTAMP={now - s.rare(900)}",
            "",
        ]
    )


def cloud_trail(s: Source) -> object:
    """An event of a cloud's audit trail."""
    user = s.word()
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{s.hexadecimal(16).upper()}:{user}",
            "arn": f"arn:aws:sts::{111122223333 + s.rare(9)}:assumed-role/{user}/{s.word()}",
            "sessionContext": {
                "attributes": {"mfaAuthenticated": "false", "creationDate": f"{s.now:%Y-%m-%dT%H:00:00Z}"}
            },
        },
        "eventTime": f"{s.tick():%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{s.rng.choice(('s3', 'ec2', 'sts', 'kms', 'iam'))}.amazonaws.com",
        "eventName": s.rng.choice(("GetObject", "DescribeInstances", "AssumeRole", "Decrypt", "ListRoles")),
        "awsRegion": s.rng.choice(("eu-west-1", "us-east-1", "ap-south-1")),
        "sourceIPAddress": s.address(),
        "userAgent": f"aws-sdk-java/1.12.{s.rare(400)} Linux/5.10 {s.words(1, 4)}",
        "requestParameters": {"bucketName": f"{s.word()}-{s.word()}", "key": f"{s.word()}/{s.hexadecimal(32)}"}
        if s.rng.random() < 0.7
        else None,
        "responseElements": None,
        "requestID": s.hexadecimal(16).upper(),
        "eventID": f"{s.hexadecimal(8)}-{s.hexadecimal(4)}-{s.hexadecimal(4)}-{s.hexadecimal(12)}",
        "readOnly": s.rng.random() < 0.8,
    }


def suricata(s: Source) -> object:
    """A line of Suricata's eve.json: of a flow, of DNS, or of an alert."""
    common = {
        "timestamp": s.tick().isoformat(),
        "flow_id": s.rng.getrandbits(50),
        "in_iface": "eth0",
        "src_ip": s.address(),
        "src_port": s.rng.randrange(1024, 65536),
        "dest_ip": s.address(),
        "dest_port": s.rng.choice((53, 80, 443, 22)),
        "proto": s.rng.choice(("TCP", "UDP")),
    }
    kind = s.rare(3)
    if kind == 0:
        return common | {
            "event_type": "flow",
            "flow": {
                "pkts_toserver": s.rare(300),
                "pkts_toclient": s.rare(300),
                "bytes_toserver": s.rare(90000),
                "age": s.rare(60),
                "state": "closed",
            },
        }
    if kind == 1:
        return common | {
            "event_type": "dns",
            "dns": {
                "type": "query",
                "id": s.rng.randrange(65536),
                "rrname": f"{s.word()}.{s.word()}.example.com",
                "rrtype": "A",
            },
        }
    return common | {
        "event_type": "alert",
        "alert": {
            "action": "allowed",
            "gid": 1,
            "signature_id": 2010000 + s.rare(4000),
            "signature": "ET " + s.words(3, 8).upper(),
            "severity": s.rare(3),
        },
    }


def kubernetes_audit(s: Source) -> object:
    """An event of a cluster's audit log."""
    verb, kind, space = s.rng.choice(_VERBS), s.rng.choice(_KINDS), s.word()
    name = f"{s.word()}-{s.hexadecimal(10)}-{s.hexadecimal(5)}"
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": f"{s.hexadecimal(8)}-{s.hexadecimal(4)}-4{s.hexadecimal(3)}-{s.hexadecimal(12)}",
        "stage": "ResponseComplete",
        "requestURI": f"/api/v1/namespaces/{space}/{kind}/{name}?timeout=10s",
        "verb": verb,
        "user": {
            "username": f"system:serviceaccount:{space}:{s.word()}",
            "groups": ["system:serviceaccounts", "system:authenticated"],
        },
        "sourceIPs": [s.address()],
        "objectRef": {"resource": kind, "namespace": space, "name": name, "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": s.rng.choice(_CODES)},
        "requestReceivedTimestamp": s.tick().isoformat().replace("+00:00", "Z"),
        "stageTimestamp": s.tick().isoformat().replace("+00:00", "Z"),
        "annotations": {
            "authorization.k8s.io/decision": "allow",
            "authorization.k8s.io/reason": f"RBAC: allowed by {s.word()}",
        },
    }


def docker_log(s: Source) -> object:
    """A line of a container, as its runtime keeps it."""
    return {
        "log": f"{s.rng.choice(_METHODS)} /{s.word()}/{s.rare(9999)} {s.rng.choice(_CODES)} "
        f"{s.rng.uniform(0, 80):.3f} ms - {s.rare(9999)}\n",
        "stream": "stdout",
        "time": s.tick().isoformat().replace("+00:00", "987Z"),
    }


def quoted_row(s: Source) -> list[object]:
    """A row whose text has newlines, separators and quotes in it."""
    note = "\n".join(s.words(3, 12) for _ in range(s.rng.randint(1, 3)))
    return [
        s.rng.randrange(10**6),
        s.word(),
        f'{note}, "{s.word()}"',
        f"{s.rng.uniform(0, 999):.2f}",
        f"{s.tick():%d.%m.%Y}",
        s.rng.choice(PLACES),
    ]


def sales_row(s: Source) -> list[object]:
    """A row with decimal commas, as spreadsheets of half of Europe write them."""
    return [
        f"{s.tick():%d.%m.%Y %H:%M}",
        s.rng.choice(PLACES),
        s.word(),
        s.rare(60),
        f"{s.rng.uniform(1, 900):.2f}".replace(".", ","),
        f"{s.rng.uniform(0, 0.2):.3f}".replace(".", ","),
        "",
    ]


def gene_row(s: Source) -> list[object]:
    """A row of a table of measurements, tab by tab."""
    return [
        f"ENSG{s.rng.randrange(60000):011d}",
        s.word().upper(),
        *(f"{s.rng.lognormvariate(0, 2):.4g}" for _ in range(8)),
        s.rng.choice(("NA", "0", "1")),
    ]


def rows(make: Callable[[Source], list[object]], separator: str) -> Build:
    """A table of such rows."""

    def build(source: Source, size: int) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        while out.tell() < size:
            writer.writerow(make(source))
        return out.getvalue().encode()

    return build


def fixed_width(s: Source) -> str:
    """A record of fixed columns, as mainframes write them."""
    return f"{s.rng.randrange(10**9):010d}{s.word():<20}{s.rng.choice(PLACES):<12}{s.tick():%Y%m%d}{s.rare(10**7):012d}{s.rng.choice('AIX')}{'':<16}"  # noqa: E501


RECORDS: Final[Mapping[str, tuple[str, Build]]] = {
    "syslog-5424.log": ("tune", lines(syslog_5424)),
    "nginx-error.log": ("held-out", lines(nginx_error)),
    "java-traces.log": ("held-out", lines(stack_trace)),
    "python-traces.log": ("tune", lines(python_trace)),
    "journal-export.txt": ("held-out", lines(journal_export)),
    "cloudtrail.jsonl": ("held-out", json_lines(cloud_trail)),
    "suricata.jsonl": ("tune", json_lines(suricata)),
    "kubernetes-audit.jsonl": ("held-out", json_lines(kubernetes_audit)),
    "docker.jsonl": ("tune", json_lines(docker_log)),
    "quoted-newlines.csv": ("held-out", rows(quoted_row, ",")),
    "sales-semicolons.csv": ("tune", rows(sales_row, ";")),
    "genes.tsv": ("held-out", rows(gene_row, "\t")),
    "fixed-width.txt": ("tune", lines(fixed_width)),
}
"""Name of the file → the half that it belongs to, and who makes it."""
