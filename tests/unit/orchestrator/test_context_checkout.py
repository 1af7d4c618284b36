"""A runner that measures a hand-in is told where its checkout is."""

from pathlib import Path

from orchestrator.context import CHECKOUT, FileContext


class _Nowhere:
    def append(self, kind, _plain):
        raise AssertionError(kind)

    def close(self):
        pass


def _context(folder):
    return FileContext(
        task="A.size", attempt=1, params={}, folder=folder, project=folder, inputs=(), seed=1, metrics=(),
        evidence=_Nowhere()
    )  # fmt: skip


def test_only_an_instrument_has_a_checkout(tmp_path, monkeypatch):
    monkeypatch.delenv(CHECKOUT, raising=False)
    assert _context(tmp_path).checkout is None
    monkeypatch.setenv(CHECKOUT, str(tmp_path / "checkout"))
    assert _context(tmp_path).checkout == Path(tmp_path / "checkout")
