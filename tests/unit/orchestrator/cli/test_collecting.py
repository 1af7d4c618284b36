import gc

from orchestrator.cli.collecting import collect_seldom


def test_cycles_are_looked_for_seldom_and_still_found():
    before = gc.get_threshold()
    try:
        collect_seldom()
        assert gc.isenabled()
        assert all(now > was > 0 for now, was in zip(gc.get_threshold(), before, strict=True))
    finally:
        gc.set_threshold(*before)
