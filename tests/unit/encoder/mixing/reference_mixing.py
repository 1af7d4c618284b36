"""A second decoder of mixed streams and token rows, from docs/reference/glyph-mixing.md alone: plain Python, slow."""

from collections import defaultdict

G = 0x9E3779B97F4A7C15
S = 0xD6E8FEB86659FD93
WRAP = (1 << 64) - 1

UPPER = [
    32768, 40793, 47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374,
    65438, 65476, 65500, 65514, 65523, 65528, 65531, 65533, 65534, 65535, 65535, 65535,
]  # fmt: skip


def knot(i):
    return UPPER[i] if i >= 0 else 65536 - UPPER[-i]


def squash(x):
    k, r = divmod(x, 128)
    return min(65530, max(6, (knot(k) * (128 - r) + knot(k + 1) * r + 64) >> 7))


SQUASH = {x: squash(x) for x in range(-3072, 3072)}
STRETCH = []
for _i in range(4096):
    _x = STRETCH[-1] if STRETCH else -3072
    while SQUASH[_x] < 16 * _i + 8:
        _x += 1
    STRETCH.append(_x)


def rate(n):
    return 131072 // (2 * n + 3)


def trust(n):
    return min(n, 24) + 2 if n else 0


def learned(slot, happened):
    p, n = slot
    target = 4194303 if happened else 0
    return p + (((target - p) * rate(n)) >> 16), min(255, n + 1)


class Coder:
    def __init__(self, data):
        self.data = data
        self.low, self.high = 0, (1 << 32) - 1
        self.at = 0
        self.code = 0
        for _ in range(4):
            self.code = self.code << 8 | self.byte()

    def byte(self):
        self.at += 1
        return self.data[self.at - 1] if self.at <= len(self.data) else 0

    def bit(self, probability):
        middle = self.low + ((self.high - self.low) * probability >> 16)
        bit = int(self.code <= middle)
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        while self.low >> 24 == self.high >> 24:
            self.low = self.low << 8 & 0xFFFFFFFF
            self.high = self.high << 8 & 0xFFFFFFFF | 255
            self.code = self.code << 8 & 0xFFFFFFFF | self.byte()
        return bit

    def check_end(self):
        assert self.code == self.high
        assert self.at == len(self.data)


class Mixer:
    def __init__(self, inputs, weight, factor, drop, half, shift):
        self.rows = defaultdict(lambda: [weight] * inputs)
        self.factor, self.drop, self.half, self.shift = factor, drop, half, shift

    def bit(self, coder, values, first, second):
        mixed = []
        for row in (first, second):
            dot = sum(v * w for v, w in zip(values, self.rows[row], strict=True)) >> 16
            mixed.append(min(3071, max(-3071, dot)))
        bit = coder.bit(SQUASH[sum(mixed) >> 1])
        for row, x in zip((first, second), mixed, strict=True):
            error = (((bit << 16) - SQUASH[x]) * self.factor) >> self.drop
            weights = self.rows[row]
            for i, v in enumerate(values):
                weights[i] += (v * error + self.half) >> self.shift
        return bit


class ByteModel:
    def __init__(self, contexts, lines, weight, learning):
        self.contexts, self.lines = contexts, lines
        self.inputs = (2 * contexts + 2 + 7) // 8 * 8
        self.mixer = Mixer(self.inputs, weight, learning, 4, 1 << 15, 16)
        self.table = defaultdict(lambda: [0x80000000] + [(1 << 21, 0)] * 15)
        self.guess_slots = defaultdict(lambda: (3 << 20, 0))

    def spread(self, contexts):
        hashes = []
        for k, x in enumerate(contexts):
            y = (x + k + 1) * G & WRAP
            y ^= y >> 32
            y = y * S & WRAP
            hashes.append(y ^ y >> 29)
        return hashes

    def line(self, h, seen):
        own = h >> 20 & (self.lines - 1)
        check = (h >> 40) & 0xFFFFFFFF | 1
        if seen == check:
            return self.table[own]
        beside = own ^ 1
        if self.table[beside][0] == check:
            return self.table[beside]
        chosen = beside if self.table[beside][1][1] < self.table[own][1][1] else own
        self.table[chosen][:] = [check] + [(1 << 21, 0)] * 15
        return self.table[chosen]

    def decode(self, coder, contexts, guesses, first, second):
        hashes = self.spread(contexts)
        c = 1
        lines = []
        for number in range(8):
            if number == 4:
                hashes = [(h + c) * G & WRAP for h in hashes]
                hashes = [h ^ h >> 29 for h in hashes]
            if number in (0, 4):
                seen = [self.table[h >> 20 & (self.lines - 1)][0] for h in hashes]
                lines = [self.line(h, check) for h, check in zip(hashes, seen, strict=True)]
                node = 1
            values = []
            for line in lines:
                p, n = line[node]
                values += [STRETCH[p >> 10], ((p >> 10) - 2048) * trust(n) >> 5]
            agreeing = []
            for guess in guesses:
                agrees = guess is not None and (guess[0] | 256) >> (8 - number) == c
                agreeing.append(agrees)
                value = STRETCH[self.guess_slots[guess[1]][0] >> 10] if agrees else 0
                values.append(value if agrees and guess[0] >> (7 - number) & 1 else -value)
            if len(values) < self.inputs:
                values.append(256)
            values += [0] * (self.inputs - len(values))
            bit = self.mixer.bit(coder, values, first + c, second + number)
            for line in lines:
                line[node] = learned(line[node], bit)
            for guess, agrees in zip(guesses, agreeing, strict=True):
                if agrees:
                    right = guess[0] >> (7 - number) & 1 == bit
                    self.guess_slots[guess[1]] = learned(self.guess_slots[guess[1]], right)
            c = c << 1 | bit
            node = node << 1 | bit
        return c & 255


class ShortMixer:
    """In place of a mixer: the sum of two rows of short weights, and a refined probability."""

    def __init__(self, inputs, weight):
        self.rows = ShortRows(lambda number: weight if number < 768 else 0, inputs)
        first = [SQUASH[min(128 * j - 3072, 3071)] for j in range(49)]
        self.knots = defaultdict(lambda: list(first))

    def bit(self, coder, values, first, second):
        weights = [cut(a + b) for a, b in zip(self.rows.row(first), self.rows.row(second), strict=True)]
        mixed = mixed_of(values, weights, 15)
        own = SQUASH[mixed]
        knots = self.knots[first]
        j, r = divmod(mixed + 3072, 128)
        between = knots[j] * (128 - r) + knots[j + 1] * r >> 7
        bit = coder.bit(min(65530, max(6, own + between >> 1)))
        j += r >= 64
        knots[j] += (65535 if bit else 0) - knots[j] >> 6
        for row in (first, second):
            self.rows.learn(row, values, 10 * ((bit << 16) - own) >> 6)
        return bit


class ShortByteModel(ByteModel):
    def __init__(self, contexts, lines, weight, learning):
        super().__init__(contexts, lines, weight, learning)
        self.mixer = ShortMixer(self.inputs, weight)


class SingleMixer(Mixer):
    def bit(self, coder, values, _, row):
        weights = self.rows[row]
        x = min(3071, max(-3071, sum(v * w for v, w in zip(values, weights, strict=True)) >> 16))
        bit = coder.bit(SQUASH[x])
        error = (((bit << 16) - SQUASH[x]) * self.factor) >> self.drop
        for i, v in enumerate(values):
            weights[i] += (v * error + self.half) >> self.shift
        return bit


class QuickByteModel(ByteModel):
    def __init__(self, lines, remembered_bits):
        super().__init__(3, lines, 20000, 6)
        self.mixer = SingleMixer(6, 20000, 6, 4, 1 << 15, 16)
        self.shift = 64 - remembered_bits
        self.remembered = defaultdict(lambda: (0, 0))
        self.chances = defaultdict(lambda: (3 << 20, 0))
        self.flags = defaultdict(lambda: (3 << 20, 0))

    def decode(self, coder, contexts, foretold, first):
        hashes = self.spread(contexts)
        keys = [(k, h >> self.shift) for k, h in enumerate(hashes)]
        for key in keys:
            x, sure = self.remembered[key]
            foretold.append((x if sure else None, sure))
        x = self.flag(coder, foretold)
        if x is None:
            x = self.bits(coder, hashes, first)
        for i, (byte, sure) in enumerate(foretold):
            if byte is not None:
                self.chances[i, sure] = learned(self.chances[i, sure], byte == x)
        for key in keys:
            byte, sure = self.remembered[key]
            if sure and byte == x:
                self.remembered[key] = x, min(15, sure + 1)
            else:
                self.remembered[key] = (x, 1) if sure < 2 else (byte, sure >> 1)
        return x

    def flag(self, coder, foretold):
        best, most = None, 2300000
        for i, (byte, sure) in enumerate(foretold):
            if byte is not None and self.chances[i, sure][0] > most:
                best, most = i, self.chances[i, sure][0]
        if best is None:
            return None
        tried, sure = foretold[best]
        key = best, sure, tuple(byte == tried for byte, _ in foretold)
        bit = coder.bit(min(65512, max(24, self.flags[key][0] >> 6)))
        self.flags[key] = learned(self.flags[key], bit)
        return tried if bit else None

    def bits(self, coder, hashes, first):
        c = 1
        for number in range(8):
            if number == 4:
                hashes = [(h + c) * G & WRAP for h in hashes]
                hashes = [h ^ h >> 29 for h in hashes]
            if number in (0, 4):
                lines = [self.line(h, self.table[h >> 20 & (self.lines - 1)][0]) for h in hashes]
                node = 1
            chances = [line[node] for line in lines]
            values = [STRETCH[p >> 10] for p, _ in chances] + [((p >> 10) - 2048) * trust(n) >> 5 for p, n in chances]
            bit = self.mixer.bit(coder, values, None, first + number)
            for slot, line in zip(chances, lines, strict=True):
                line[node] = learned(slot, bit)
            c = c << 1 | bit
            node = node << 1 | bit
        return c & 255


def bits(x, most):
    return min(most, max(8, x.bit_length()))


def low(last, size):
    return last & ((1 << 8 * size) - 1)


def letter(x):
    return chr(x) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" or x >= 128


class Repeat:
    def __init__(self, size, most_bits, most, least):
        self.q = bits(size, most_bits)
        self.places = defaultdict(int)
        self.most, self.least = most, least
        self.length = self.r = 0

    def look(self, out, last):
        if self.length > 0 and out[self.r] == low(last, 1):
            self.length += 1
            self.r += 1
        else:
            self.length = 0
        if len(out) >= 6:
            place = (low(last, 6) * G & WRAP) >> (64 - self.q)
            if self.length == 0:
                self.r = self.places[place]
                if self.r > 0:
                    while (
                        self.length < self.most
                        and self.r - 1 - self.length >= 0
                        and out[self.r - 1 - self.length] == out[-1 - self.length]
                    ):
                        self.length += 1
                    if self.length < self.least:
                        self.length = 0
            self.places[place] = len(out)


def decode_text(stream, n):
    m = stream[0]
    if m > 4:
        return decode_foretold(stream, n)
    contexts, most, weight, learning = {
        1: (6, 20, 19660, 6),
        2: (12, 21, 19660, 6),
        3: (6, 20, 12000, 14),
        4: (12, 21, 6500, 14),
    }[m]
    coder = Coder(stream[1:])
    model = ByteModel(contexts, 1 << bits(n * contexts // 4, most), weight, learning)
    repeat = Repeat(n, 20, 32, 6)
    out = bytearray()
    last = word = before = line = upper = 0
    for at in range(n):
        near = low(last, 1)
        column = at - line
        above = out[upper + column] if upper + column < line else 10
        given = [low(last, 2), low(last, 3), low(last, 4), low(last, 6), word ^ near << 56]
        given += [above | near << 8 | min(column, 255) << 16]
        given += [low(last, 5), (word * G + before) & WRAP ^ near, near, low(last, 3) >> 8 << 8 | above << 32]
        given += [low(last, 4) >> 8 << 8, word ^ above << 48]
        repeat.look(out, last)
        guess, first = None, 0
        if repeat.length > 0:
            slot = repeat.length if repeat.length < 32 else min(63, 32 + (repeat.length - 32 >> 3))
            guess, first = (out[repeat.r], slot), 256 if repeat.length < 16 else 512
        x = model.decode(coder, given[:contexts], [guess, None], first, 768 + 8 * near)
        out.append(x)
        last = (last << 8 | x) & WRAP
        if letter(x):
            word = (word + (x | 32) + 1) * S & WRAP
        elif word:
            before, word = word, 0
        if x == 10:
            upper, line = line, at + 1
    coder.check_end()
    return bytes(out)


def cut(x):
    return max(-32768, min(32767, x))


def signed(x):
    return (x + (1 << 31)) % (1 << 32) - (1 << 31)


class ShortRows:
    def __init__(self, weight_of, inputs):
        self.weight_of, self.inputs = weight_of, inputs
        self.rows = {}

    def row(self, number):
        return self.rows.setdefault(number, [self.weight_of(number)] * self.inputs)

    def learn(self, number, values, error):
        row = self.row(number)
        for i, v in enumerate(values):
            row[i] = cut(row[i] + (((4 * v * error >> 16) + 1) >> 1))


def mixed_of(values, weights, shift):
    dot = signed(sum(v * w for v, w in zip(values, weights, strict=True))) >> shift
    return min(3071, max(-3071, dot))


class LateRepeat:
    def __init__(self, n):
        self.q = bits(n // 4, 22)
        self.places = defaultdict(int)
        self.r = self.length = self.cand = 0
        self.z = None

    def look(self, out, last):
        at = len(out)
        if self.length > 0 and out[self.r] == low(last, 1):
            self.length += 1
            self.r += 1
        else:
            self.length = 0
        if self.length == 0 and self.cand > 0:
            there, count = self.cand + 2, 0
            while count < 32 and there - 1 - count >= 0 and out[there - 1 - count] == out[at - 1 - count]:
                count += 1
            if count >= 6:
                self.length, self.r = count, there
        if at >= 6:
            self.cand = 0
            if self.z is not None:
                self.cand = self.places[self.z]
                self.places[self.z] = at - 1
            self.z = (low(last, 6) * G & WRAP) >> (64 - self.q)


class Entry:
    def __init__(self):
        self.byte = self.sure = self.seen = self.p = 0


class Foretellers:
    def __init__(self, n):
        self.t = bits(n, 16)
        self.tables = [defaultdict(Entry) for _ in range(4)]
        self.buckets = [0] * 4
        self.repeat = LateRepeat(n)
        self.chances = defaultdict(lambda: (3 << 20, 0))
        self.voices = {}
        self.pairs = defaultdict(lambda: (3 << 20, 0))
        self.rows = ShortRows(lambda _: 3604, 16)

    def look(self, out, last, word):
        self.repeat.look(out, last)
        inside = (low(last, 1) * 0x9E3779B1 & 0xFFFFFFFF) >> 28
        self.entries = [table[16 * b + inside] for table, b in zip(self.tables, self.buckets, strict=True)]
        made = ByteModel(4, 1, 0, 0).spread([low(last, 4), low(last, 3), low(last, 2), word])
        self.buckets = [h >> (68 - self.t) for h in made]
        self.sure = [entry.sure for entry in self.entries]
        self.byte = [entry.byte if entry.sure else None for entry in self.entries]
        length = self.repeat.length
        self.sure.append(length if length < 16 else min(31, 16 + (length - 16 >> 4)))
        self.byte.append(out[self.repeat.r] if length > 0 else None)
        best, most = None, 0
        for i in range(5):
            p = self.chances[i, self.sure[i]][0]
            score = 2 * p if i == 4 else p + 64 * self.entries[i].p
            if self.byte[i] is not None and score > most:
                best, most = i, score
        return best, most

    def voice(self, key):
        return self.voices.setdefault(key, (3 << 20, 0) if key[1] else (1 << 20, 0))

    def tried_is_right(self, coder, best, near):
        tried = self.byte[best]
        agree = [byte == tried for byte in self.byte]
        keys = [(i, agree[i], self.sure[i]) for i in range(5)]
        values = [0] * 16
        for i in range(5):
            values[2 * i] = STRETCH[self.voice(keys[i])[0] >> 10]
            if i < 4 and agree[i]:
                entry = self.entries[i]
                values[2 * i] = STRETCH[entry.p >> 4]
                values[2 * i + 1] = ((entry.p >> 4) - 2048) * trust(entry.seen) >> 5
        values[9] = STRETCH[self.pairs[near, tried][0] >> 10]
        values[10] = 256
        number = 32 * best + sum(1 << i for i in range(5) if agree[i])
        probability = SQUASH[mixed_of(values, self.rows.row(number), 14)]
        bit = coder.bit(probability)
        self.rows.learn(number, values, 16 * ((bit << 16) - probability) >> 6)
        for key in keys:
            self.voices[key] = learned(self.voices[key], bit)
        self.pairs[near, tried] = learned(self.pairs[near, tried], bit)
        return bit

    def learn(self, x):
        for i in range(5):
            if self.byte[i] is not None:
                key = i, self.sure[i]
                self.chances[key] = learned(self.chances[key], self.byte[i] == x)
        for i, entry in enumerate(self.entries):
            right = self.byte[i] == x
            entry.p += ((65535 if right else 0) - entry.p) * rate(entry.seen) >> 16
            entry.seen = min(12, entry.seen + 1)
            if right:
                entry.sure = min(15, entry.sure + 1)
            elif entry.sure < 2:
                entry.p = 32768 if entry.sure else 40000
                entry.byte, entry.sure, entry.seen = x, 1, 0
            else:
                entry.sure //= 2


class ForetoldBits(ByteModel):
    def __init__(self, contexts, lines, weight, refined):
        super().__init__(contexts, lines, weight, 0)
        self.inputs = 32 if contexts == 12 else 16
        self.rows = ShortRows(lambda number: weight if number < 768 else 0, self.inputs)
        first = [SQUASH[min(128 * j - 3072, 3071)] for j in range(49)]
        self.knots = defaultdict(lambda: list(first)) if refined else None

    def decode_foretold(self, coder, contexts, guess, slot, f, near):
        hashes = self.spread(contexts)
        c = 1
        for number in range(8):
            if number == 4:
                hashes = [(h + c) * G & WRAP for h in hashes]
                hashes = [h ^ h >> 29 for h in hashes]
            if number in (0, 4):
                seen = [self.table[h >> 20 & (self.lines - 1)][0] for h in hashes]
                lines = [self.line(h, check) for h, check in zip(hashes, seen, strict=True)]
                node = 1
            values = []
            for line in lines:
                p, n = line[node]
                values += [STRETCH[p >> 10], ((p >> 10) - 2048) * trust(n) >> 5]
            agrees = guess is not None and (guess | 256) >> (8 - number) == c
            expected = agrees and guess >> (7 - number) & 1
            value = STRETCH[self.guess_slots[slot][0] >> 10] if agrees else 0
            values += [value if expected else -value, 256]
            values += [0] * (self.inputs - len(values))
            rows = f + c, 768 + 8 * near + number
            weights = [cut(a + b) for a, b in zip(*map(self.rows.row, rows), strict=True)]
            mixed = mixed_of(values, weights, 15)
            own = probability = SQUASH[mixed]
            if self.knots is not None:
                knots = self.knots[c, agrees]
                j, r = divmod(mixed + 3072, 128)
                between = knots[j] * (128 - r) + knots[j + 1] * r >> 7
                probability = min(65530, max(6, own + between >> 1))
            bit = coder.bit(probability)
            if self.knots is not None:
                j += r >= 64
                knots[j] += (65535 if bit else 0) - knots[j] >> 6
            for row in rows:
                self.rows.learn(row, values, 10 * ((bit << 16) - own) >> 6)
            for line in lines:
                line[node] = learned(line[node], bit)
            if agrees:
                self.guess_slots[slot] = learned(self.guess_slots[slot], expected == bit)
            c = c << 1 | bit
            node = node << 1 | bit
        return c & 255


def decode_foretold(stream, n):
    contexts, most, weight, threshold = {5: (3, 18, 9011, 5300000), 6: (12, 20, 2772, 7980000)}[stream[0]]
    coder = Coder(stream[1:])
    foretellers = Foretellers(n)
    model = ForetoldBits(contexts, 1 << bits(n * contexts // 8, most), weight, contexts == 12)
    out = bytearray()
    last = word = before = line = upper = 0
    for at in range(n):
        near = low(last, 1)
        best, score = foretellers.look(out, last, word)
        tried = best is not None and score > threshold
        if tried and foretellers.tried_is_right(coder, best, near):
            x = foretellers.byte[best]
        else:
            column = at - line
            above = out[upper + column] if upper + column < line else 10
            given = [low(last, 2), low(last, 3), word ^ near << 56, near, low(last, 4)]
            given += [above | near << 8 | min(column, 255) << 16, low(last, 6), low(last, 5)]
            given += [(word * G + before) & WRAP ^ near, low(last, 3) >> 8 << 8 | above << 32]
            given += [low(last, 4) >> 8 << 8, word ^ above << 48]
            guess, slot, f = None, 0, 0
            if best is not None:
                guess, f = foretellers.byte[best], 256 if tried else 512
                slot = 32 * best + foretellers.sure[best] + (256 if tried else 0)
            x = model.decode_foretold(coder, given[:contexts], guess, slot, f, near)
        foretellers.learn(x)
        out.append(x)
        last = (last << 8 | x) & WRAP
        if letter(x):
            word = (word + (x | 32) + 1) * S & WRAP
        elif word:
            before, word = word, 0
        if x == 10:
            upper, line = line, at + 1
    coder.check_end()
    return bytes(out)


def full_name(data):
    y = 7
    for x in data:
        y = (y + x + 1) * S & WRAP
        y ^= y >> 31
    return y


def name_of(data):
    return full_name(data) >> 32


def trailing(data):
    digits = 0
    while digits < min(17, len(data)) and 48 <= data[-1 - digits] <= 57:
        digits += 1
    return digits


def made_of(data, step):
    digits = trailing(data)
    if not 1 <= len(data) <= 40 or step == 0 or digits == 0:
        return None
    number = int(data[len(data) - digits :]) + step
    text = str(number).rjust(digits, "0").encode()
    return data[: len(data) - digits] + text if number >= 0 and len(text) <= digits + 1 else None


def step_between(data, following):
    digits, more = trailing(data), trailing(following)
    if len(data) > 40 or len(following) > 40 or not digits or not more:
        return 0
    if data[: len(data) - digits] != following[: len(following) - more]:
        return 0
    return int(following[len(following) - more :]) - int(data[len(data) - digits :])


def after(record, right):
    if right:
        return min(7, (record >> 3) + 1) * 8 + (record << 1) % 8 | 1
    return (record >> 4) * 8 + (record << 1) % 8


def first_vote_slot(key):
    agrees, record = key[3], key[4]
    if not agrees:
        return 419430, 0
    a, b = record >> 3, (record & 7).bit_count()
    return 4194303 * (1 + 2 * a + 2 * b) // (9 + 2 * a), 0


def digit(x):
    return 48 <= x <= 57


def drifted(drift, x, above):
    if digit(x) and digit(above):
        return min(999, max(-999, 10 * drift + x - above))
    if digit(x) or digit(above):
        return 999 if x > above else -999
    return drift


class Column:
    def __init__(self):
        self.name = self.name_before = 0
        self.last = None
        self.same_record = self.step_record = self.step = self.misses = 0


class Rows:
    def __init__(self, stream, header, siblings, slots):
        (self.records, self.templates, self.columns, self.token_bytes, self.tokens, self.terminator) = header
        self.siblings, self.slots = siblings, slots
        self.width = 0 if self.templates <= 1 else 1 if self.templates <= 256 else 2
        self.m = stream[0]
        self.contexts, most, weight, learning = {
            1: (3, 15, 13107, 6),
            2: (12, 19, 13107, 6),
            3: (3, 16, 20000, 6),
            4: (12, 19, 6500, 22),
            5: (7, 19, 9000, 28),
            6: (7, 19, 4505, 10),
            7: (7, 19, 4505, 10),
        }[self.m]
        self.coder = Coder(stream[1:])
        lines = 1 << bits(self.token_bytes * self.contexts // 4, most)
        if self.m == 3:
            self.bytes = QuickByteModel(lines, bits(self.token_bytes, 15))
            self.votes = SingleMixer(16, 22937, 1, 0, 1 << 17, 18)
        else:
            kind = ShortByteModel if self.m >= 6 else ByteModel
            self.bytes = kind(self.contexts, lines, weight, learning)
            self.votes = Mixer(16, 22937, 1, 0, 1 << 17, 18)
        self.vote_slots = {}
        self.memory = defaultdict(lambda: (None, 0))
        self.v = bits(2 * self.tokens, 20)
        self.repeat = Repeat(self.token_bytes, 18, 24, 5)
        self.kept = [Column() for _ in range(self.columns + 1)]
        self.text = bytearray()
        self.names = []
        self.values = []  # without the terminator
        self.past = [0] * 6

    def decode(self):
        found = []
        ended = 0
        for _ in range(self.records):
            row = []
            r = r_before = template = 0
            if self.width:
                r = self.token(self.columns, ended, 0)
                template = int.from_bytes(self.values[-1])
                assert template < self.templates
                self.past = [r, *self.past[:5]]
                ended = r
            for column in self.slots[template]:
                name = self.token(column, r, r_before)
                r_before, r = r, name
                row.append(self.values[-1])
                ended = name
            found.append((template, row))
        self.coder.check_end()
        assert len(self.text) == self.token_bytes
        assert len(self.values) == self.tokens
        return found

    def token(self, c, r, r_before):
        column = self.kept[c]
        is_number = c == self.columns
        d = min(c, 1023)
        b, b_before = column.name, column.name_before
        if is_number:
            f, f_before = self.past[1], 0
            chain, k = 0, []
            for p in self.past:
                chain = (chain + p) * S & WRAP
                k.append(chain)
            contexts = [k[2], k[1], k[0], k[5], r * S + self.past[0], r]
        else:
            f, f_before = (self.kept[sibling].name for sibling in self.siblings[c])
            contexts = [b * S + b_before, f * S + f_before, f, b, r * S + r_before, f * S + b]
        if self.m == 3 and column.misses >= 32 and column.misses % 16:
            column.misses += 1
            value = self.spell(c, d, b, f, f_before, r)
            return self.ended(column, b, value, name_of(value))
        places = [self.place(c, i, x) for i, x in enumerate(contexts)]
        entries = [self.memory[place] for place in places]
        called = [None if token is None else self.names[token] for token, _ in entries]
        records = [record for _, record in entries]
        called.append(None if column.last is None else self.names[column.last])
        records.append(column.same_record)
        made = None if is_number or column.last is None else made_of(self.values[column.last], column.step)
        called.append(None if made is None else name_of(made))
        records.append(column.step_record)
        value = self.vote(d, called, records, entries, column, made)
        number = len(self.names)
        column.misses = column.misses + 1 if value is None else 0
        if value is None:
            value = self.spell(c, d, b, f, f_before, r)
            name = name_of(value)
        else:
            value, name = value
            self.text += value if is_number else value + bytes([self.terminator])
        for place, (token, record), call in zip(places, entries, called, strict=False):
            if call == name:
                self.memory[place] = token, after(record, True)
            elif call is not None and record >= 16:
                self.memory[place] = token, after(record, False)
            else:
                self.memory[place] = number, (record << 1) % 8
        column.same_record = after(column.same_record, called[6] == name)
        if made is not None:
            column.step_record = after(column.step_record, called[7] == name)
        if not is_number and column.last is not None and (made is None or called[7] != name):
            column.step = 0
            if called[6] != name:
                column.step = step_between(self.values[column.last], value)
        return self.ended(column, b, value, name)

    def place(self, c, i, x):
        y = (x + (c + 1) * S) * G & WRAP
        y ^= y >> 32
        y = (y + i) * S & WRAP
        return 8 * (y >> (64 - self.v)) + i

    def ended(self, column, b, value, name):
        column.name_before, column.name, column.last = b, name, len(self.names)
        self.names.append(name)
        self.values.append(value)
        return name

    def slot(self, *key):
        if key not in self.vote_slots:
            self.vote_slots[key] = first_vote_slot(key)
        return self.vote_slots[key]

    def vote(self, d, called, records, entries, column, made):
        tried = None
        for attempt in range(2):
            best, most = None, -1
            for i, name in enumerate(called):
                if name is not None and name != tried:
                    p = self.slot(d, attempt, i, 1, records[i])[0]
                    if p > most:
                        best, most = i, p
            if best is None or (attempt == 1 and most < 300000):
                return None
            tried = called[best]
            values, used, agreeing = [0] * 16, [], 0
            values[8] = 256
            for i, name in enumerate(called):
                if name is not None:
                    agrees = int(name == tried)
                    agreeing |= agrees << i
                    used.append((d, attempt, i, agrees, records[i]))
                    values[i] = STRETCH[self.slot(*used[-1])[0] >> 10]
            bit = self.votes.bit(self.coder, values, 512 + 2 * d + attempt, 2 * agreeing + attempt)
            for key in used:
                self.vote_slots[key] = learned(self.vote_slots[key], bit)
            if bit:
                if best == 7:
                    return made, tried
                token = column.last if best == 6 else entries[best][0]
                return self.values[token], tried
        return None

    def spell(self, c, d, b, f, f_before, r):
        column = self.kept[c]
        is_number = c == self.columns
        over = None if column.last is None else self.values[column.last]
        if over is not None and not is_number:
            over += bytes([self.terminator])
        value = bytearray()
        last = int.from_bytes(bytes(self.text[-8:]))
        word, same, drift = 0, over is not None, 0
        self.repeat.length = 0
        while True:
            offset = len(value)
            above = next_above = self.terminator
            if over is not None and offset < len(over):
                above = over[offset]
                next_above = over[offset + 1] if offset + 1 < len(over) else self.terminator
            else:
                same = False
            near = low(last, 1)
            y = full_name(value) ^ (c + 1) * S & WRAP
            given = [y ^ f * G & WRAP]
            given += [(above | next_above << 8 | c << 24 | near << 48) ^ int(same) << 62, low(last, 2) | c << 40]
            given += [y, y ^ b * G & WRAP, low(last, 4), (y ^ f * G & WRAP) + f_before * S, (y ^ r * G & WRAP) + 9]
            given += [low(last, 3), low(last, 6), near | c << 40, word ^ near << 56]
            if self.contexts == 7:
                given = [given[k] for k in (0, 1, 3, 5, 8, 10, 11)]
            if self.m == 7:
                place = min(offset, 63) << 8 | c << 24
                given[2] = (above | place | 1 << 63) ^ int(same) << 62
                if digit(above):
                    told = 64 + min(30, max(-30, drift))
                    given[4] = above | next_above << 8 | c << 24 | told << 48 | 1 << 63
                if digit(above) or digit(near) or offset == 0:
                    given[5] = min(offset, 63) << 8 | c << 40
            self.repeat.look(self.text, last)
            length = self.repeat.length
            repeated = self.text[self.repeat.r] if length > 0 else None
            if self.m == 3:
                foretold = [(repeated, min(length >> 1, 15)), (above if same else None, min(offset, 15))]
                x = self.bytes.decode(self.coder, given[:3], foretold, 8 * d)
            else:
                x = self.bytes.decode(
                    self.coder, given[: self.contexts], *self.guesses(repeated, length, above, same, d, offset)
                )
            self.text.append(x)
            if not is_number and x == self.terminator:
                return bytes(value)
            value.append(x)
            if is_number and len(value) == self.width:
                return bytes(value)
            same = same and x == above
            drift = drifted(drift, x, above)
            word = (word + x + 1) * S & WRAP if letter(x) else 0
            last = (last << 8 | x) & WRAP

    def guesses(self, repeated, length, above, same, d, offset):
        guesses = [None, (above, 32 + 4 * d + min(offset, 3)) if same else None]
        first = 0
        if length > 0:
            guesses[0], first = (repeated, min(length, 31)), 256 if length < 16 else 512
        return guesses, first, 768 + 8 * (6 * d + min(offset, 5) if self.m == 7 else d)


def decode_rows(streams, stream_of_tokens, varints, id_planes):
    """The block of form 3, of its four opened streams and the stream of tokens.

    varints: reads a stream's numbers. id_planes(data, count, limit): numbers below `limit` from their byte planes.
    """
    metadata, template_text, planes, tail = streams
    size, records, templates, columns, count, _, _, token_bytes, tokens, terminator, *siblings = varints(metadata)
    pieces, piece, at = [[]], bytearray(), 0
    while at < len(template_text):
        byte = template_text[at]
        if byte in (0, 2):
            pieces[-1].append(bytes(piece))
            piece.clear()
            if byte == 2:
                pieces.append([])
        else:
            at += byte == 1
            piece.append(template_text[at])
        at += 1
    pieces.pop()
    assert len(pieces) == templates
    ids = iter(id_planes(planes, count, columns))
    slots = [[next(ids) for _ in template[1:]] for template in pieces]
    pairs = [siblings[2 * c : 2 * c + 2] for c in range(columns)]
    header = (records, templates, columns, token_bytes, tokens, terminator)
    out = bytearray()
    for template, row in Rows(stream_of_tokens, header, pairs, slots).decode():
        first, *others = pieces[template]
        out += first
        for value, literal in zip(row, others, strict=True):
            out += value + literal
    out += tail
    assert len(out) == size
    return bytes(out)
