import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "codec.md"


def test_every_verb_of_the_page_is_one_of_the_command():
    from encoder.cli.app import app

    known = {command.callback.__name__ for command in app.registered_commands}
    page = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^|\| )glyph (\w+)", page, re.MULTILINE)) <= known
