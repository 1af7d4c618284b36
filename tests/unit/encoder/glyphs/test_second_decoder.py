import importlib.util
import random
from pathlib import Path

import pytest

from encoder.block.codec import decode_block, encode_block
from encoder.block.layout import GLYPHS
from encoder.profile import LEVELS
from encoder.strategy import BackEnd, Strategy, TreeType

_SPEC = importlib.util.spec_from_file_location("reference_decoder", Path(__file__).with_name("reference_decoder.py"))
reference = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(reference)

RECORDS = {
    TreeType.LOG: b'Jan %d 10:0%d host app[%d]: took %d.%d ms -%d.5 "q%d" deadbeef%02x \x01\n',
    TreeType.JSON_LINES: b'{"a": %d, "b": [%d, "%d"], "c": %d.%d, "d": "x%d y%d", "e": "00ff%04x"}\n',
    TreeType.JSON: b'{"a":%d,"b":[%d,"%d"],"c":%d.%d,"d":"x%d y%d","e":"00ff%04x"},',
    TreeType.CSV: b'%d,n%d,%d,-%d.%d,"x\n%d",%d,abcdef%02x\n',
    TreeType.XML: b"<r a='%d' b=\"n%d\"><v>%d</v><w>%d.%d</w><x>n%d %d</x>00aa11%02x</r>\n",
}


LIBRARIES = [back_end for back_end in LEVELS if back_end is not BackEnd.MIXING]  # which makes another form of body


@pytest.mark.parametrize("back_end", LIBRARIES)
@pytest.mark.parametrize("count", [200, 3000])
@pytest.mark.parametrize("tree", RECORDS)
def test_a_decoder_written_from_the_documentation_reads_every_body(tree, count, back_end):
    chance = random.Random(count)
    data = b"".join(RECORDS[tree] % tuple(chance.randrange(n % 400 + 2) for _ in range(8)) for n in range(count))
    data += b"a last line without its end, 17"
    body = encode_block(data, Strategy(tree, back_end, 1 if back_end is not BackEnd.STORE else 0))
    assert body[0] & 15 == GLYPHS
    assert decode_block(body, len(data)) == data
    assert reference.decode(body) == data


GOLDEN = Path(__file__).parents[3] / "golden" / "block"


@pytest.mark.parametrize("name", ["xml-pooled", "json-nested"])
def test_a_decoder_written_from_the_documentation_reads_documents_whose_text_is_in_one_stream(name):
    body = (GOLDEN / f"{name}.body").read_bytes()
    data = reference.decode(body)
    assert body[4] & 4
    assert decode_block(body, len(data)) == data
