"""B.api: the stream API used as a caller would, and documented from its own signatures and docstrings."""

import contextlib
import inspect
import io
import re
from collections.abc import Callable
from typing import Any, Final

import encoder
from orchestrator.runner import TaskContext
from workstreams.corpus import server_log
from workstreams.documents import render
from workstreams.streaming.metrics import API_FAILURES

DOCUMENTED: Final = (
    "encode",
    "decode",
    "open",
    "StreamingEncoder",
    "StreamingDecoder",
    "GlyphBufferPool",
    "load_profile",
)


def api(ctx: TaskContext) -> None:
    """Run every check, then write the documentation."""
    data = server_log(3 << 20, 1)
    target = str(ctx.folder / "tmp-api.glyph")
    failed = [name for name, check in CHECKS.items() if not check(data, target)]
    (ctx.folder / "tmp-api.glyph").unlink(missing_ok=True)
    facts = {"entries": [entry(name) for name in DOCUMENTED], "checks": list(CHECKS), "failed": failed}
    text = render("workstreams.streaming", "api.md.j2", facts)
    ctx.artifact("api.md", title="API documentation").write_text(text, encoding="utf-8")
    ctx.samples(API_FAILURES, [len(failed)], method="the API used as its documentation says", cases=len(CHECKS))
    ctx.note(f"{len(CHECKS) - len(failed)} of {len(CHECKS)} uses of the API do what they say")


def entry(name: str) -> dict[str, Any]:
    """One name of the API with its signature, its words and its public members."""
    thing = getattr(encoder, name)
    members = inspect.getmembers(thing) if inspect.isclass(thing) else []
    return {
        "name": name,
        "signature": signature(thing),
        "says": inspect.cleandoc(thing.__doc__ or ""),
        "members": [
            {"name": member, "signature": signature(value), "says": inspect.getdoc(value) or ""}
            for member, value in members
            if not member.startswith("_") and member in vars(thing)
        ],
    }


def signature(thing: object) -> str:
    """Parameters as in the source; none for a property."""
    if not callable(thing):
        return ""
    text = str(inspect.signature(thing)).replace("(self, ", "(").replace("(self)", "()")
    return re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", text)


def writes_and_reads(data: bytes, target: str) -> bool:
    """A file written with `open` is read back with `open`."""
    with encoder.open(target, "wb", profile="tuned") as file:
        file.write(data)
    with encoder.open(target, "rb") as file:
        return file.read() == data


def encodes_from_a_file(data: bytes, target: str) -> bool:
    """`encode_from` gives the bytes that `encode` gives."""
    sink = io.BytesIO()
    with encoder.StreamingEncoder(sink) as stream:
        stream.encode_from(io.BytesIO(data))
    return sink.getvalue() == encoder.encode(data) and bool(target)


def reads_in_pieces(data: bytes, target: str) -> bool:
    """The decoder gives the same bytes a kilobyte at a time."""
    with encoder.StreamingDecoder(io.BytesIO(encoder.encode(data))) as stream:
        return b"".join(iter(lambda: stream.read(1000), b"")) == data and bool(target)


def seeks(data: bytes, target: str) -> bool:
    """The decoder reads from the middle."""
    with encoder.StreamingDecoder(io.BytesIO(encoder.encode(data))) as stream:
        stream.seek(len(data) // 2)
        return stream.read(100) == data[len(data) // 2 :][:100] and bool(target)


def flush_keeps_the_content(data: bytes, target: str) -> bool:
    """`flush` between writes ends blocks, and what is decoded stays the same."""
    sink = io.BytesIO()
    with encoder.StreamingEncoder(sink) as stream:
        for start in range(0, len(data), 1 << 20):
            stream.write(data[start : start + (1 << 20)])
            stream.flush()
    return encoder.decode(sink.getvalue()) == data and bool(target)


def _interrupt(why: str) -> None:
    raise InterruptedError(why)


def an_exception_leaves_no_valid_stream(data: bytes, target: str) -> bool:
    """What was begun and not completed is refused by the decoder."""
    sink = io.BytesIO()
    with contextlib.suppress(InterruptedError), encoder.StreamingEncoder(sink) as stream:
        stream.write(data)
        _interrupt(target)
    try:
        encoder.decode(sink.getvalue())
    except encoder.FormatError:
        return True
    return False


def statistics_count_the_bytes(data: bytes, target: str) -> bool:
    """`statistics` says after `close` what went in and came out, and that no lease is open."""
    sink = io.BytesIO()
    with encoder.StreamingEncoder(sink) as stream:
        stream.write(data)
    seen = stream.statistics
    return (seen.bytes_in, seen.bytes_out, seen.pool.outstanding) == (len(data), len(sink.getvalue()), 0) and bool(
        target
    )


CHECKS: Final[dict[str, Callable[[bytes, str], bool]]] = {
    (check.__doc__ or check.__name__): check
    for check in (
        writes_and_reads,
        encodes_from_a_file,
        reads_in_pieces,
        seeks,
        flush_keeps_the_content,
        an_exception_leaves_no_valid_stream,
        statistics_count_the_bytes,
    )
}
"""What is claimed → the function of (data, path of a scratch file) that says whether it holds."""
