"""Write events.jsonl anew: one example of every event, as the journal's text. Run it when the format changes on
purpose.
"""

import importlib.util
from pathlib import Path

from orchestrator.journal.codec import encode_event

HERE = Path(__file__).parent


def examples():
    """One event of every kind."""
    spec = importlib.util.spec_from_file_location("journal_examples", HERE / "examples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXAMPLES


if __name__ == "__main__":
    text = "".join(f"{encode_event(event)}\n" for event in examples())
    (HERE / "events.jsonl").write_text(text, encoding="utf-8")
