"""Data that is neither log nor table, made: of genetics, other encodings, dumps, scripts on one line, binaries, and
runs of one byte.
"""

import io
import json
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.codec.generated import Source
from benchmarks.codec.made_records import Build, lines

_BASES: Final = "ACGT"


def vcf(source: Source, size: int) -> bytes:
    """Variants of some samples, as VCF 4.2."""
    rng, out, at = source.rng, io.StringIO(), 10_000
    names = "\t".join(f"NA{n:05d}" for n in range(12))
    out.write(
        f"##fileformat=VCFv4.2\n##source={source.word()}\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n"
    )
    while out.tell() < size:
        at += source.rare(2000) + 1
        ref, alt = rng.sample(_BASES, 2)
        depth = rng.randrange(10, 90)
        calls = "\t".join(
            f"{rng.choice(('0|0', '0|0', '0|0', '0|1', '1|1'))}:{rng.randrange(5, 60)}:{rng.randrange(0, 99)}"
            for _ in range(12)
        )
        info = f"AC={rng.randrange(1, 24)};AF={rng.uniform(0, 1):.3f};AN=24;DP={depth};MQ={rng.uniform(40, 60):.2f}"
        out.write(
            f"chr1\t{at}\trs{rng.randrange(10**8)}\t{ref}\t{alt}\t{rng.uniform(20, 900):.2f}\tPASS\t{info}\tGT:DP:GQ\t{calls}\n"  # noqa: E501
        )
    return out.getvalue().encode()


def _genome(source: Source, size: int) -> str:
    return "".join(source.rng.choices(_BASES, k=size))


def fastq(source: Source, size: int) -> bytes:
    """Reads of a genome with qualities."""
    rng, genome, out, number = source.rng, _genome(source, min(size, 1 << 20)), io.StringIO(), 0
    while out.tell() < size:
        number += 1
        at = rng.randrange(len(genome) - 150)
        quality = "".join(rng.choices("FFFFFFFF:,#", k=150))
        out.write(
            f"@A00{rng.randrange(9)}:12:HXX:{rng.randrange(1, 5)}:{1101 + number // 5000}:{rng.randrange(1000, 30000)}:{number} 1:N:0:ACGTAC\n{genome[at : at + 150]}\n+\n{quality}\n"  # noqa: E501
        )
    return out.getvalue().encode()


def sam(source: Source, size: int) -> bytes:
    """Aligned reads, sorted by their place."""
    rng, genome, out, at = source.rng, _genome(source, min(size, 1 << 20)), io.StringIO(), 0
    out.write("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:1048576\n")
    while out.tell() < size:
        at = (at + source.rare(40)) % (len(genome) - 500)
        quality = "".join(rng.choices("FFFFFFFF:,#", k=100))
        out.write(
            f"r{rng.randrange(10**7)}\t{rng.choice((99, 147, 83, 163))}\tchr1\t{at + 1}\t60\t100M\t=\t{at + rng.randrange(200, 400)}\t{rng.randrange(200, 500)}\t{genome[at : at + 100]}\t{quality}\tNM:i:{source.rare(4)}\tMD:Z:100\tAS:i:{rng.randrange(90, 101)}\n"  # noqa: E501
        )
    return out.getvalue().encode()


def hexdump(source: Source, size: int) -> bytes:
    """What `hexdump -C` prints of a program's records."""
    rng, out, at = source.rng, io.StringIO(), 0
    while out.tell() < size:
        row = struct.pack("<IHH", at * 3, source.rare(900), rng.randrange(16)) + (source.word() + "\0" * 8)[:8].encode()
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        digits = " ".join(f"{byte:02x}" for byte in row[:8]), " ".join(f"{byte:02x}" for byte in row[8:])
        out.write(f"{at:08x}  {digits[0]}  {digits[1]}  |{shown}|\n")
        at += 16
    return out.getvalue().encode()


def _sentence(s: Source) -> str:
    return s.words(6, 18).capitalize() + s.rng.choice((".", ",", "?"))


def _japanese(s: Source) -> str:
    return "".join(chr(0x3042 + ord(letter) * 7 % 80) for letter in s.words(4, 12) if letter != " ") + "。"


def _minified(s: Source) -> str:
    names = "abcdefghijklmnopqrstuvwxyz"
    one, two, three = (s.rng.choice(names) + s.rng.choice(("", "", names[s.rare(26)])) for _ in range(3))
    return s.rng.choice(
        (
            f"function {one}({two},{three}){{return {two}.{s.word()}({three}?{s.rare(90)}:!{s.rng.randrange(2)})}}",
            f"var {one}={two}.{s.word()}||{{{s.word()}:{three},{s.word()}:{s.rare(900)}}};",
            f'if("{s.word()}"===typeof {one}&&!{two}[{three}])throw Error("{s.words(2, 6)}");',
            (
                f"{one}.prototype.{s.word()}=function({two}){{this.{s.word()}={two};for(var "
                f"{three}=0;{three}<{s.rare(99)};{three}++){two}.{s.word()}({three})}};"
            ),
        )
    )


def one_line_of_json(source: Source, size: int) -> bytes:
    """A document on one line."""
    out = ["{"]
    length = 1
    while length < size:
        member = f'"{source.word()}{source.rare(10**6)}":' + json.dumps(
            {
                "id": source.hexadecimal(12),
                "at": source.rng.randrange(10**9),
                "tags": source.words(1, 5).split(),
                "open": source.rng.random() < 0.5,
            },
            separators=(",", ":"),
        )
        out.append(member)
        length += len(member) + 1
    return ("{" + ",".join(out[1:]) + "}").encode()


def one_line_of_words(source: Source, size: int) -> bytes:
    """Words without a line's end, as an editor writes a paragraph that never ends."""
    return lines(_sentence, " ")(source, size)


def _yaml(s: Source) -> str:
    return (
        f"- name: {s.word()}-{s.rare(900)}\n  image: "
        f"registry.example.com/{s.word()}/{s.word()}:{s.rare(9)}.{s.rare(30)}\n  env:\n    - name: "
        f'{s.word().upper()}\n      value: "{s.rare(9999)}"\n  resources: {{cpu: {s.rare(16)}, memory: '
        f"{s.rare(4096)}Mi}}"
    )


def _path(s: Source) -> str:
    steps = " ".join(
        f"{s.rng.choice('lcL')}{s.rng.uniform(-90, 90):.3f},{s.rng.uniform(-90, 90):.3f}"
        for _ in range(s.rng.randint(3, 20))
    )
    return (
        f'<path class="{s.word()}" fill="#{s.hexadecimal(6)}" '
        f'd="M{s.rng.uniform(0, 900):.2f},{s.rng.uniform(0, 900):.2f} {steps} z"/>'
    )


def wasm_like(source: Source, size: int) -> bytes:
    """Instructions of a stack machine in LEB128, as a compiler of WebAssembly writes them."""
    rng, out = source.rng, bytearray(b"\0asm\1\0\0\0")
    codes = (0x20, 0x20, 0x21, 0x41, 0x6A, 0x28, 0x36, 0x10, 0x0D, 0x0B, 0x22, 0x45)
    while len(out) < size:
        code = rng.choice(codes)
        out.append(code)
        if code in (0x20, 0x21, 0x22, 0x0D):
            out.append(source.rare(24))
        elif code in (0x28, 0x36):
            out += bytes((2, source.rare(120) * 4 & 0x7F))
        elif code in (0x41, 0x10):
            number = source.rare(1 << 16)
            out += bytes((number & 0x7F | 0x80, number >> 7 & 0x7F))
    return bytes(out)


def database(source: Source, size: int) -> bytes:
    """An SQLite file with an index."""
    with tempfile.TemporaryDirectory(prefix="glyph-made-") as folder:
        file = Path(folder) / "made.sqlite"
        with sqlite3.connect(file) as database:
            database.execute(
                "create table orders (id integer primary key, user text, at integer, price real, note text)"
            )
            database.execute("create index by_user on orders (user, at)")
            count = size // 110
            database.executemany(
                "insert into orders (user, at, price, note) values (?, ?, ?, ?)",
                (
                    (
                        source.word(),
                        1_700_000_000 + n * 7 + source.rare(9),
                        round(source.rng.uniform(1, 900), 2),
                        source.words(3, 10),
                    )
                    for n in range(count)
                ),
            )
        database.close()
        return file.read_bytes()


def samples_of_sound(source: Source, size: int) -> bytes:
    """Sixteen-bit samples of a wandering wave."""
    value, out = 0.0, bytearray()
    for _ in range(size // 2):
        value = value * 0.98 + source.rng.gauss(0, 300)
        out += struct.pack("<h", max(-32768, min(32767, int(value))))
    return bytes(out)


def columns_of_numbers(source: Source, size: int) -> bytes:
    """Pages of a column store: integers, doubles and lengths with their text, each by itself."""
    rng, out, at = source.rng, bytearray(b"PAR1"), 1_600_000_000_000
    while len(out) < size:
        at_each = []
        for _ in range(4096):
            at += source.rare(5000)
            at_each.append(at)
        out += struct.pack("<4096q", *at_each)
        out += struct.pack("<4096d", *(round(rng.uniform(0, 100), 2) for _ in range(4096)))
        for _ in range(4096):
            word = source.word().encode()
            out += struct.pack("<I", len(word)) + word
    return bytes(out)


def zeros(source: Source, size: int) -> bytes:  # noqa: ARG001 - one signature for the table
    """Nothing but zeros."""
    return bytes(size)


def long_runs(source: Source, size: int) -> bytes:
    """Runs of a byte, each of tens of kilobytes."""
    out = bytearray()
    while len(out) < size:
        out += bytes((source.rng.randrange(256),)) * source.rng.randrange(20_000, 200_000)
    return bytes(out)


def sparse(source: Source, size: int) -> bytes:
    """An image of a disk: zeros, and here and there some pages of text."""
    out = bytearray(size)
    for _ in range(max(1, size >> 22)):
        at = source.rng.randrange(max(1, size - 8192)) & ~4095
        page = lines(_sentence)(source, 8192)[:8192]
        out[at : at + len(page)] = page
    return bytes(out[:size])


def _encoded(make: Callable[[Source], str], encoding: str) -> Build:
    return lines(make, encoding=encoding)


OTHERS: Final[Mapping[str, tuple[str, Build]]] = {
    "variants.vcf": ("held-out", vcf),
    "reads.fastq": ("held-out", fastq),
    "aligned.sam": ("tune", sam),
    "records.hexdump": ("held-out", hexdump),
    "prose.utf-16": ("held-out", _encoded(_sentence, "utf-16-le")),
    "prose.shift-jis": ("tune", _encoded(_japanese, "shift_jis")),
    "prose-in-japanese.utf-8": ("held-out", _encoded(_japanese, "utf-8")),
    "minified.js": ("held-out", lines(_minified, "")),
    "one-line.json": ("held-out", one_line_of_json),
    "one-line.txt": ("tune", one_line_of_words),
    "services.yaml": ("tune", lines(_yaml)),
    "drawing.svg": ("held-out", lines(_path)),
    "module.wasm": ("held-out", wasm_like),
    "orders.sqlite": ("tune", database),
    "sound.pcm": ("tune", samples_of_sound),
    "pages.parquet": ("held-out", columns_of_numbers),
    "zeros.bin": ("held-out", zeros),
    "long-runs.bin": ("tune", long_runs),
    "sparse.img": ("held-out", sparse),
}
"""Name of the file → the half that it belongs to, and who makes it."""
