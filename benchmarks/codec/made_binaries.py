"""Data of programs and instruments, made: arrays as numpy writes them, sound, bitmaps, binary records, bytes in digits,
and repetitions far off.
"""

import base64
import binascii
import io
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.codec.generated import Source
from benchmarks.codec.made_records import Build, lines


def _rng(source: Source) -> np.random.Generator:
    return np.random.default_rng(source.rng.randrange(1 << 32))


def _npy(array: NDArray[Any]) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def array_of(kind: str, make: Callable[[np.random.Generator, int], NDArray[Any]]) -> Build:
    """An array in numpy's own file format, of that type."""

    def build(source: Source, size: int) -> bytes:
        kept = np.dtype(kind)
        return _npy(make(_rng(source), size // kept.itemsize).astype(kept))

    return build


def _walk(rng: np.random.Generator, count: int) -> NDArray[Any]:
    return np.cumsum(rng.integers(-9, 10, count))


def _spread(rng: np.random.Generator, count: int) -> NDArray[Any]:
    return rng.exponential(900, count)


def _even(rng: np.random.Generator, count: int) -> NDArray[Any]:
    return rng.integers(0, 1000, count)


def _waves(rng: np.random.Generator, count: int) -> NDArray[Any]:
    return 100 * np.sin(np.arange(count) / 700) + np.cumsum(rng.normal(0, 0.01, count))


def _rounded(rng: np.random.Generator, count: int) -> NDArray[Any]:
    return np.round(rng.normal(50, 9, count), 2)


def _table(rng: np.random.Generator, count: int) -> NDArray[Any]:
    """Four columns side by side, each of its own range."""
    rows = count // 4
    columns = (
        np.arange(rows),
        rng.integers(0, 7, rows),
        rng.normal(0, 1e5, rows),
        np.sort(rng.integers(0, 10**8, rows)),
    )
    return np.stack(columns, axis=1).reshape(-1)


def pcm(width: int, channels: int) -> Build:
    """Samples of `width` bytes of some tones with noise, channel by channel, behind a WAV header."""

    def build(source: Source, size: int) -> bytes:
        rng, count = _rng(source), size // width // channels
        at = np.arange(count)
        tones = [np.sin(at * step) * np.sin(at / 30_000 + step) for step in rng.uniform(0.01, 0.2, 4)]
        scale = (1 << (8 * width - 1)) * 0.2
        sides = [sum(tones) * scale + rng.normal(0, scale / 300, count) for _ in range(channels)]
        samples = np.stack(sides, axis=1).reshape(-1).clip(-4 * scale, 4 * scale).astype("<i4")
        raw = samples.view(np.uint8).reshape(-1, 4)[:, :width]
        data = (raw ^ 0x80 if width == 1 else raw).tobytes()
        head = struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            len(data) + 36,
            b"WAVE",
            b"fmt ",
            16,
            1,
            channels,
            48_000,
            48_000 * width * channels,
            width * channels,
            8 * width,
            b"data",
            len(data),
        )
        return head + data

    return build


def bitmap(channels: int, noise: float) -> Build:
    """Rows of pixels: slopes, edges, and noise."""

    def build(source: Source, size: int) -> bytes:
        rng, wide = _rng(source), 1024
        high = size // wide // channels
        y, x = np.mgrid[0:high, 0:wide]
        planes = []
        for channel in range(channels):
            plane = 90 + 60 * np.sin(x / 90 + channel) + 40 * np.cos(y / 130 - channel)
            for _ in range(30):
                top, left = rng.integers(0, max(1, high)), rng.integers(0, wide)
                plane[top : top + 60, left : left + 140] += rng.integers(-60, 60)
            planes.append(plane + rng.normal(0, noise, plane.shape) if noise else plane)
        return bytes(np.stack(planes, axis=2).clip(0, 255).astype(np.uint8).tobytes())

    return build


def palette_bitmap(source: Source, size: int) -> bytes:
    """Pixels of sixteen colours in areas, as a screenshot has them."""
    rng, wide = _rng(source), 2048
    picture = np.zeros((size // wide, wide), np.uint8)
    for _ in range(size >> 12):
        top, left = rng.integers(0, picture.shape[0]), rng.integers(0, wide)
        picture[top : top + rng.integers(1, 40), left : left + rng.integers(1, 200)] = rng.integers(0, 16)
    return picture.tobytes()


def _packed(value: object) -> bytes:
    """As MessagePack has it, of the few types used here."""
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return bytes([value]) if 0 <= value < 128 else b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        raw = value.encode()
        return bytes([0xA0 | len(raw)]) + raw if len(raw) < 32 else b"\xda" + struct.pack(">H", len(raw)) + raw
    assert isinstance(value, dict)
    return bytes([0x80 | len(value)]) + b"".join(_packed(one) for pair in value.items() for one in pair)


def message_pack(source: Source, size: int) -> bytes:
    """Readings of devices."""
    rng, out, at = source.rng, bytearray(), 1_700_000_000_000
    while len(out) < size:
        at += source.rare(500)
        out += _packed(
            {
                "time": at,
                "device": f"{source.word()}-{rng.randrange(40):02d}",
                "value": round(rng.gauss(20, 5), 1),
                "ok": rng.random() < 0.98,
                "count": source.rare(100),
                "note": source.word() if rng.random() < 0.3 else "",
            }
        )
    return bytes(out)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def protocol_buffers(source: Source, size: int) -> bytes:
    """Messages with their lengths before them."""
    rng, out, number = source.rng, bytearray(), 10_000
    while len(out) < size:
        number += 1
        name = source.word().encode()
        inner = b"\x08" + _varint(source.rare(50)) + b"\x11" + struct.pack("<d", rng.gauss(0, 1))
        message = (
            b"\x08"
            + _varint(number)
            + b"\x12"
            + _varint(len(name))
            + name
            + b"\x1a"
            + _varint(len(inner))
            + inner
            + b"\x20"
            + _varint(rng.randrange(1 << rng.randrange(1, 40)))
        )
        out += _varint(len(message)) + message
    return bytes(out)


def structures(source: Source, size: int) -> bytes:
    """Records of a C structure of 36 bytes: a counter, a time, flags, two floats and a name."""
    rng, out, at = source.rng, bytearray(), 1_700_000_000
    for number in range(size // 36):
        at += source.rare(30)
        name = source.word().encode()[:12].ljust(12, b"\0")
        out += struct.pack(
            "<IQHHff12s", number, at, rng.randrange(4), source.rare(300), rng.gauss(1, 0.1), rng.random(), name
        )
    return bytes(out)


def _in_digits(encode: Callable[[bytes], bytes], entropy: int, width: int) -> Build:
    """Bytes of so many values, as text in lines."""

    def build(source: Source, size: int) -> bytes:
        raw = bytes(source.rng.randrange(entropy) for _ in range(size // 2 + 64))
        text = encode(raw)[:size]
        return b"\n".join(text[at : at + width] for at in range(0, len(text), width)) + b"\n"

    return build


def certificates(source: Source, size: int) -> bytes:
    """Certificates in PEM, each with its names before it."""
    rng, out = source.rng, io.StringIO()
    while out.tell() < size:
        body = base64.b64encode(b"0\x82\x03" + b"\x02\x01\x02" * 9 + rng.randbytes(rng.randrange(700, 1300))).decode()
        text = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
        out.write(
            f"# {source.word()} {source.word()} CA\n-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
        )
    return out.getvalue().encode()


def genome(source: Source, size: int) -> bytes:
    """Bases in lines of 60, with parts that come again, some of them the other way round."""
    rng, letters = source.rng, bytearray()
    turned = bytes.maketrans(b"ACGT", b"TGCA")
    while len(letters) < size:
        if len(letters) > 10_000 and rng.random() < 0.3:
            at = rng.randrange(len(letters) - 3000)
            part = letters[at : at + rng.randrange(100, 3000)]
            letters += part.translate(turned)[::-1] if rng.random() < 0.5 else part
        else:
            letters += bytes(rng.choices(b"ACGT", weights=(3, 2, 2, 3), k=1500))
    body = b"\n".join(letters[at : at + 60] for at in range(0, size, 60))
    return b">chr1 made\n" + bytes(body[:size])


def mainframe(source: Source, size: int) -> bytes:
    """Records of 80 bytes in EBCDIC."""
    rng, out = source.rng, bytearray()
    while len(out) < size:
        row = f"{rng.randrange(10**8):08d}{source.word():<20.20}{source.word():<16.16}{rng.randrange(10**6):>12d}{rng.choice('ABC')}"  # noqa: E501
        out += f"{row:<80.80}".encode("cp037")
    return bytes(out)


def far_repeats(distance: int) -> Build:
    """Random bytes that come again so far behind."""

    def build(source: Source, size: int) -> bytes:
        block = source.rng.randbytes(min(distance, size))
        return (block * -(-size // len(block)))[:size]

    return build


def far_texts(distance: int) -> Build:
    """Words whose text comes again so far behind, with a change in each few kilobytes."""

    def build(source: Source, size: int) -> bytes:
        first = lines(lambda s: " ".join(s.word() for _ in range(12)))(source, min(distance, size))[:distance]
        out = bytearray(first)
        while len(out) < size:
            again = bytearray(first)
            for at in range(0, len(again) - 8, 5000):
                again[at : at + 4] = source.rng.randbytes(2).hex().encode()
            out += again
        return bytes(out[:size])

    return build


def almost_random(source: Source, size: int) -> bytes:
    """Random bytes, of which one in thirty is a blank."""
    raw = np.frombuffer(source.rng.randbytes(size), np.uint8).copy()
    raw[_rng(source).random(size) < 1 / 30] = 32
    return raw.tobytes()


def random_bytes(source: Source, size: int) -> bytes:
    """Nothing that could be smaller."""
    return source.rng.randbytes(size)


def _unified_diff(s: Source) -> str:
    a, b, n = s.word(), s.word(), s.rng.randrange(9, 900)
    return (
        f"diff --git a/{a}/{b}.c b/{a}/{b}.c\nindex {s.rng.randrange(1 << 28):07x}..{s.rng.randrange(1 << 28):07x} 100644\n"  # noqa: E501
        f"--- a/{a}/{b}.c\n+++ b/{a}/{b}.c\n@@ -{n},7 +{n},8 @@ static int {a}_{b}(void)\n \tint {b};\n \t{a}({s.word()}, {b});\n"  # noqa: E501
        f"-\treturn {s.word()};\n+\tif ({s.word()} < {s.rng.randrange(99)})\n+\t\treturn {s.word()};\n \tfree({a});"
    )


def _mail(s: Source) -> str:
    words = " ".join(s.word() for _ in range(s.rng.randrange(40, 200)))
    text = "\n".join(words[at : at + 72] for at in range(0, len(words), 72))
    return (
        f"From {s.word()}@{s.word()}.example Mon Nov  2 10:{s.rng.randrange(60):02d}:11 2026\n"
        f"Message-ID: <{s.rng.randrange(1 << 60):x}@{s.word()}.example>\nSubject: {s.word()} {s.word()}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


def _catalogue(s: Source) -> str:
    line = " ".join(s.word() for _ in range(s.rng.randrange(2, 9)))
    other = " ".join(s.word()[::-1] for _ in range(s.rng.randrange(2, 9)))
    return f'#: src/{s.word()}.c:{s.rng.randrange(2000)}\n#, c-format\nmsgid "{line}"\nmsgstr "{other} %s"\n'


def _insert(s: Source) -> str:
    rows = ",".join(
        f"({s.rng.randrange(10**6)},'{s.word()}','{s.word()} {s.word()}',{s.rng.uniform(0, 900):.2f},NULL,'2026-11-{s.rng.randrange(1, 29):02d}')"  # noqa: E501
        for _ in range(20)
    )
    return f"INSERT INTO `{s.word()}` VALUES {rows};"


def _rule(s: Source) -> str:
    return (
        f".{s.word()}-{s.word()} > {s.word()}:hover{{color:#{s.rng.randrange(1 << 24):06x};margin:{s.rng.randrange(40)}px "  # noqa: E501
        f"{s.rng.randrange(40)}px;font:{s.rng.randrange(9, 30)}px/1.4 {s.word()},sans-serif}}"
    )


BINARIES: Final[Mapping[str, tuple[str, Build]]] = {
    "walk.i2.npy": ("tune", array_of("<i2", _walk)),
    "walk.i4.npy": ("held-out", array_of("<i4", _walk)),
    "walk.i8.npy": ("held-out", array_of("<i8", _walk)),
    "even.i2.npy": ("held-out", array_of("<i2", _even)),
    "even.i4.npy": ("tune", array_of("<i4", _even)),
    "even.i8.npy": ("held-out", array_of("<i8", _even)),
    "spread.i4.npy": ("held-out", array_of(">i4", _spread)),
    "waves.f4.npy": ("tune", array_of("<f4", _waves)),
    "waves.f8.npy": ("held-out", array_of("<f8", _waves)),
    "rounded.f4.npy": ("held-out", array_of("<f4", _rounded)),
    "rounded.f8.npy": ("held-out", array_of("<f8", _rounded)),
    "table.f8.npy": ("tune", array_of("<f8", _table)),
    "table.i8.npy": ("held-out", array_of("<i8", _table)),
    "mono.8-bit.wav": ("held-out", pcm(1, 1)),
    "mono.16-bit.wav": ("held-out", pcm(2, 1)),
    "stereo.16-bit.wav": ("tune", pcm(2, 2)),
    "stereo.24-bit.wav": ("held-out", pcm(3, 2)),
    "surround.16-bit.wav": ("held-out", pcm(2, 6)),
    "grey.raw": ("tune", bitmap(1, 2.0)),
    "colours.raw": ("held-out", bitmap(3, 1.0)),
    "smooth.raw": ("held-out", bitmap(4, 0.0)),
    "screen.raw": ("held-out", palette_bitmap),
    "readings.msgpack": ("held-out", message_pack),
    "messages.pb": ("held-out", protocol_buffers),
    "structures.bin": ("held-out", structures),
    "random.b64": ("held-out", _in_digits(base64.b64encode, 256, 76)),
    "random.hex": ("held-out", _in_digits(binascii.hexlify, 256, 64)),
    "few.b64": ("tune", _in_digits(base64.b64encode, 20, 76)),
    "certificates.pem": ("tune", certificates),
    "genome.fa": ("held-out", genome),
    "accounts.ebcdic": ("held-out", mainframe),
    "again-after-1m.bin": ("tune", far_repeats((1 << 20) + 77)),
    "again-after-3m.bin": ("held-out", far_repeats((3 << 20) + 5)),
    "again-after-5m.bin": ("held-out", far_repeats((9 << 19) + 1)),
    "again-after-2m.txt": ("tune", far_texts((2 << 20) + 12)),
    "again-after-5m.txt": ("held-out", far_texts((9 << 19) + 1)),
    "almost-random.bin": ("tune", almost_random),
    "random.bin": ("held-out", random_bytes),
    "changes.diff": ("held-out", lines(_unified_diff)),
    "letters.mbox": ("held-out", lines(_mail)),
    "catalogue.po": ("held-out", lines(_catalogue)),
    "dump.sql": ("held-out", lines(_insert)),
    "minified.css": ("held-out", lines(_rule, "")),
}
"""As `benchmarks.codec.made_others.OTHERS`."""
