"""A run that is carried on is shown with what it had done before, which its journal has."""

import json
from dataclasses import replace

import pytest

from orchestrator.api.running import run
from orchestrator.cli.past import own_past, unknown
from orchestrator.cli.run_view import RunView
from orchestrator.engine.options import RunOptions
from orchestrator.graph.load import load_text
from orchestrator.state.events import TaskSucceeded


def test_a_display_begins_with_what_the_run_had_done_before(kit, tmp_path):
    tasks = [{"id": "first", "command": ["true"]}, {"id": "second", "command": ["true"]}]
    text = json.dumps(kit.plan_data(tasks))
    (tmp_path / "plan.json").write_text(text)
    state = tmp_path / "state"
    shown = RunView(load_text(text, "plan.json"), {})

    def stop(envelope):
        if isinstance(envelope.event, TaskSucceeded):
            raise KeyboardInterrupt

    def follow(envelope):
        fresh = shown.state is not None and not shown.state.seq
        for each in (*(own_past(state, envelope.seq) if fresh else ()), envelope):
            shown.follow(each, each.mono)

    options = RunOptions(state=state, reports=tmp_path / "reports", page=False, executor="inline", listener=stop)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "plan.json", options=options)
    run(tmp_path / "plan.json", options=replace(options, listener=follow))
    assert shown.groups() == {"A": (2, 2, 0)}
    assert shown.state is not None
    assert shown.state.finished


def test_of_a_folder_without_a_run_of_this_process_nothing_is_known(tmp_path):
    assert own_past(tmp_path, 9) == ()
    assert unknown(9) == ()
