import gc

from orchestrator.cli.collecting import collect_seldom, leave_the_rest


def test_cycles_are_looked_for_seldom_and_still_found():
    before = gc.get_threshold()
    try:
        collect_seldom()
        assert gc.isenabled()
        assert all(now > was > 0 for now, was in zip(gc.get_threshold(), before, strict=True))
    finally:
        gc.set_threshold(*before)


def test_what_is_there_at_the_end_is_not_looked_through_again():
    try:
        leave_the_rest()
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
