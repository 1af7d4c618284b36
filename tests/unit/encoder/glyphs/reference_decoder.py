"""A second decoder of form 2, from docs/reference/glyph-block.md alone: plain Python, slow, one function a section."""

import lzma
from pathlib import Path

import brotli
import zstandard

POOLED_BELOW = 1024
ALONE = -1


def varints(data):
    numbers, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number, shift = 0, 0
    return numbers


def unzigzag(number):
    return (number >> 1) ^ -(number & 1)


def signed(number):
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def decompress(back_end, data, raw_length, codebook=b""):
    if back_end == 0:
        return data
    if back_end == 1:
        decoder = zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS)
        return decoder.decompress(data, max_output_size=raw_length)
    if back_end == 5:
        assert codebook
        book = zstandard.ZstdCompressionDict(codebook, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        decoder = zstandard.ZstdDecompressor(dict_data=book, format=zstandard.FORMAT_ZSTD1_MAGICLESS)
        return decoder.decompress(data, max_output_size=raw_length)
    if back_end == 2:
        filters = [{"id": lzma.FILTER_LZMA2, "dict_size": max(4096, raw_length)}]
        return lzma.decompress(data, lzma.FORMAT_RAW, filters=filters)
    if back_end in (6, 7):
        by_the_book = numbers_by_the_book if back_end == 6 else filtered_by_the_book
        return by_the_book(data, raw_length)
    return brotli.decompress(data)


def numbers_by_the_book(data, raw_length):
    """Numbers of a fixed width: the planes of their differences behind LZMA."""
    width, channels, third = data[:3]
    assert width in (1, 2, 4, 8)
    assert channels
    assert third < 8
    planes = decompress(2, data[3:], raw_length)
    count = raw_length // width
    numbers = [int.from_bytes(planes[n : width * count : count], "big") for n in range(count)]
    for nth in range(third & 3):
        numbers = [(number >> 1) ^ -(number & 1) for number in numbers] if nth == 0 else numbers
        for n in range(channels, count):
            numbers[n] = (numbers[n] + numbers[n - channels]) % 256**width
    order = "big" if third & 4 else "little"
    whole = b"".join((number % 256**width).to_bytes(width, order) for number in numbers)
    return whole + planes[width * count :]


def filtered_by_the_book(data, raw_length):
    """Another back end behind a filter."""
    if data[0] == 1:
        return branches_by_the_book(decompress(data[1], data[2:], raw_length))
    assert data[0] == 2
    width = data[1]
    head = 2 + (width + 7) // 8
    flags = int.from_bytes(data[2:head], "little")
    assert width >= 2
    assert flags < 2**width
    turned = decompress(data[head], data[head + 1 :], raw_length)
    count = raw_length // width
    columns = []
    for nth in range(width):
        column = list(turned[nth * count : (nth + 1) * count])
        if flags >> nth & 1:
            for at in range(1, count):
                column[at] = (column[at] + column[at - 1]) % 256
        columns.append(column)
    return bytes(byte for record in zip(*columns, strict=True) for byte in record) + turned[width * count :]


def branches_by_the_book(turned):
    """Calls and jumps of x86 as the document's own code turns them back."""
    page = (Path(__file__).parents[4] / "docs/reference/glyph-block.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    names = {}
    exec(code, names)
    return names["undo_branches"](turned)


def physical_entries(body):
    """Back end, raw length and bytes of each stream of the directory after the header and the flags."""
    at = 5

    def next_varint():
        nonlocal at
        end = at
        while body[end] >= 0x80:
            end += 1
        (number,) = varints(body[at : end + 1])
        at = end + 1
        return number

    entries = []
    for _ in range(next_varint()):
        coded = next_varint()
        entries.append((coded & 7, coded >> 3, coded >> 3 if coded & 7 == 0 else next_varint()))
    found = []
    for back_end, raw_length, length in entries:
        found.append((back_end, raw_length, body[at : at + length]))
        at += length
    assert at == len(body)
    return found


def physical_streams(body, codebook=b""):
    """The decompressed streams of the directory."""
    entries = physical_entries(body)
    streams = [decompress(back_end, data, raw_length, codebook) for back_end, raw_length, data in entries]
    assert [len(stream) for stream in streams] == [raw_length for _, raw_length, _ in entries]
    return streams


class Source:
    """Hands out the metadata's numbers, and promises of logical streams that are kept once all are known."""

    def __init__(self, metadata):
        self.numbers = varints(metadata)
        self.at = 0
        self.promised = []

    def number(self):
        self.at += 1
        return self.numbers[self.at - 1]

    def stream(self, stream_class, length):
        self.promised.append((stream_class, length))
        return len(self.promised) - 1

    def keep(self, physical, text_pooled):
        """The logical streams, from the physical ones."""
        shares = [
            5 if text_pooled and stream_class in (0, 4, 5) else ALONE if length >= POOLED_BELOW else stream_class
            for stream_class, length in self.promised
        ]
        large = [length for (_, length), pool in zip(self.promised, shares, strict=True) if pool == ALONE]
        classes = sorted({pool for (_, length), pool in zip(self.promised, shares, strict=True) if length} - {ALONE})
        assert [len(stream) for stream in physical[: len(large)]] == large
        assert len(physical) == len(large) + len(classes)
        alone = iter(physical[: len(large)])
        pools = dict(zip(classes, physical[len(large) :], strict=True))
        streams = []
        for (_, length), share in zip(self.promised, shares, strict=True):
            if share == ALONE:
                streams.append(next(alone))
            else:
                pool = pools.get(share, b"")
                streams.append(pool[:length])
                pools[share] = pool[length:]
        assert not any(pools.values())
        return streams


def width(count):
    return 0 if count <= 1 else 1 if count <= 256 else 2


def planes(source, stream_class, count, wide):
    return [source.stream(stream_class, count) for _ in range(wide)]


def from_planes(streams, indexes, count):
    numbers = [0] * count
    for index in indexes:
        numbers = [number << 8 | byte for number, byte in zip(numbers, streams[index], strict=True)]
    return numbers


def plan_numbers(source, count):
    mode = source.number()
    base = unzigzag(source.number()) if mode in (0, 2) else 0
    return mode, base, planes(source, 2, count, source.number()) if mode else []


def read_numbers(streams, plan, count):
    mode, base, indexes = plan
    raw = from_planes(streams, indexes, count)
    if mode == 1:
        numbers, last = [], 0
        for number in raw:
            last = signed(last + unzigzag(number))
            numbers.append(last)
        return numbers
    return [signed(base + number) for number in raw]


def plan_column(source):
    """A function from the streams to the column's values; or, for a divided column, how many it has."""
    count = source.number()
    if not count:
        return lambda _: []
    kind = source.number()
    return PLANS[kind](source, count) if kind in PLANS else count


def plan_integers(source, count):
    pad = source.number()
    numbers = plan_numbers(source, count)
    return lambda streams: [b"%0*d" % (pad, n % (1 << 64)) for n in read_numbers(streams, numbers, count)]


def plan_dictionary(source, count):
    words, length = source.number(), source.number()
    text, indexes = source.stream(4, length), planes(source, 3, count, width(words))

    def values(streams):
        spelt = streams[text].split(b"\n")[:-1]
        return [spelt[index] for index in from_planes(streams, indexes, count)]

    return values


def plan_hexadecimal(source, count):
    size = source.number() // 2
    packed = source.stream(6, size * count)
    return lambda streams: [streams[packed][nth::count].hex().encode() for nth in range(count)]


def plan_strings(source, count):
    form, length = source.number(), source.number()
    if form == 0:
        text = source.stream(5, length)
        return lambda streams: streams[text].split(b"\n")[:-1]
    numbers = plan_numbers(source, count)
    text = source.stream(5, length)

    def measured(streams):
        values, at = [], 0
        for size in read_numbers(streams, numbers, count):
            values.append(streams[text][at : at + size])
            at += size
        return values

    return measured


def plan_decimals(source, count):
    places = source.number()
    varied = source.stream(6, count) if places == 255 else None
    numbers = plan_numbers(source, count)

    def spell(number, after):
        digits = str(abs(number)).rjust(after + 1, "0")
        point = f"{digits[:-after]}.{digits[-after:]}" if after else digits
        return (("-" if number < 0 else "") + point).encode()

    def values(streams):
        each = [places] * count if varied is None else streams[varied]
        return [spell(number, after) for number, after in zip(read_numbers(streams, numbers, count), each, strict=True)]

    return values


PLANS = {0: plan_strings, 1: plan_integers, 2: plan_decimals, 3: plan_dictionary, 4: plan_hexadecimal}


def plan_level(source):
    _, records, templates, columns, variables, template_bytes, tail, _ = (source.number() for _ in range(8))
    text = source.stream(0, template_bytes)
    ids = planes(source, 1, records, width(templates))
    slots = planes(source, 1, variables, width(columns))
    rest = source.stream(5, tail)
    return (records, variables, text, ids, slots, rest), [plan_column(source) for _ in range(columns)]


def read_templates(text):
    """Lists of pieces: literal bytes, or None for a variable."""
    templates, pieces, literal, at = [], [], bytearray(), 0
    while at < len(text):
        byte = text[at]
        if byte == 1:
            at += 1
            literal.append(text[at])
        elif byte > 2:
            literal.append(byte)
        else:
            pieces.append(bytes(literal))
            literal.clear()
            if byte == 0:
                pieces.append(None)
            else:
                templates.append(pieces)
                pieces = []
        at += 1
    return templates


def compose(level, streams, columns):
    records, variables, text, ids, slots, rest = level
    templates = read_templates(streams[text])
    slot = iter(from_planes(streams, slots, variables))
    pieces = [[next(slot) if piece is None else piece for piece in template] for template in templates]
    following = [iter(column) for column in columns]
    out = b"".join(
        next(following[piece]) if isinstance(piece, int) else piece
        for template in from_planes(streams, ids, records)
        for piece in pieces[template]
    )
    return out + streams[rest]


def put_in_order(streams, permutations):
    number = -1
    for step, one, other in permutations:
        number += step
        first = streams[number - one]
        second = streams[number - other] if other else bytes(len(first))
        assert len(first) == len(second) == len(streams[number]) >= (4096 if other else 1024)
        order = sorted(range(len(first)), key=lambda nth: (first[nth], second[nth]))
        back = dict(zip(order, streams[number], strict=True))
        streams[number] = bytes(back[nth] for nth in range(len(first)))


def decode(body, codebook=b""):
    """The bytes of a body of form 2."""
    metadata, *physical = physical_streams(body, codebook)
    source = Source(metadata)
    levels = []
    while not levels or any(isinstance(column, int) for column in levels[-1][1]):
        levels.append(plan_level(source))
    permutations = [[source.number() for _ in range(3)] for _ in range(source.number())] if body[4] & 1 else []
    assert source.at == len(source.numbers)
    streams = source.keep(physical, text_pooled=bool(body[4] & 4))
    put_in_order(streams, permutations)
    out = b""
    for level, columns in reversed(levels):
        lines = iter(out.split(b"\n")[:-1])
        values = [
            [next(lines) for _ in range(column)] if isinstance(column, int) else column(streams) for column in columns
        ]
        assert next(lines, None) is None
        out = compose(level, streams, values)
    return out
