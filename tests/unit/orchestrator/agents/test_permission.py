import pytest

from orchestrator.agents.permission import Calls, answer, command_of, runs, within

OURS = {"ours": frozenset({"report"})}


def allowed(call, root, run=(), **more):
    return answer(call, root, run, **{"network": False, **more})


def test_a_request_in_pieces_is_judged_on_all_that_was_said_of_the_call(tmp_path):
    calls = Calls()
    calls.heard({"toolCallId": "1", "kind": "edit", "locations": [{"path": "/etc/passwd"}]})
    calls.heard({"toolCallId": "1", "title": "Edit a file", "locations": []})
    found = allowed(calls.heard({"toolCallId": "1"}), tmp_path)
    assert (found.allowed, "/etc/passwd is not in the workspace" in found.why) == (False, True)


def test_pieces_of_another_call_say_nothing_of_this_one(tmp_path):
    calls = Calls()
    calls.heard({"toolCallId": "1", "kind": "read"})
    assert not allowed(calls.heard({"toolCallId": "2", "title": "x"}), tmp_path).allowed


@pytest.mark.parametrize("path", ["a.py", "./b/../a.py", "deep/er/new.txt"])
def test_files_in_the_workspace_may_be_changed(tmp_path, path):
    assert allowed({"kind": "edit", "rawInput": {"file_path": path}}, tmp_path).allowed
    assert allowed({"kind": "edit", "locations": [{"path": str(tmp_path / path)}]}, tmp_path).allowed


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", ".git/hooks/pre-commit", "sub/.git/config", "\0"])
def test_files_elsewhere_may_not(tmp_path, path):
    assert not allowed({"kind": "edit", "rawInput": {"path": path}}, tmp_path).allowed


def test_a_link_that_leads_out_is_seen_through(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to(root)
    assert not within(root, "out/x")
    assert within(root, "in/x")


def test_a_folder_whose_name_begins_alike_is_not_within(tmp_path):
    assert not within(tmp_path / "root", str(tmp_path / "rooted" / "x"))


def test_one_path_outside_is_enough(tmp_path):
    call = {"kind": "edit", "locations": [{"path": "a"}], "content": [{"type": "diff", "path": "/etc/x"}]}
    assert not allowed(call, tmp_path).allowed


@pytest.mark.parametrize(
    "command", ["pytest; rm -rf /", "pytest && x", "pytest | sh", "pytest `x`", "pytest $(x)", "pytest\nx",
    "pytest > /x", "pytest < x", "rm x"]
)  # fmt: skip
def test_a_chained_command_is_no_match_of_its_first_part(tmp_path, command):
    found = allowed({"kind": "execute", "title": "pytest", "rawInput": {"command": command}}, tmp_path, ["pytest*"])
    assert not found.allowed


def test_commands_that_match_may_run_and_a_chained_one_that_is_written_out_may_too():
    assert runs("pytest -q", ["pytest*"])
    assert runs("a && b", ["a && b"])
    assert not runs("", ["pytest*"])


def test_a_command_in_a_list_is_the_shells_last_word_only_where_a_shell_is_asked():
    assert command_of({"command": ["bash", "-lc", "rm -rf /"]}, "execute", "") == "rm -rf /"
    assert command_of({"command": ["rm", "-rf", "pytest"]}, "execute", "") == "rm -rf pytest"
    assert command_of({"command": []}, "execute", "ls") == ""
    assert command_of({}, "execute", "ls") == "ls"
    assert command_of({}, "read", "ls") is None


def test_the_network_is_the_plans_to_give(tmp_path):
    assert not allowed({"kind": "fetch"}, tmp_path).allowed
    assert allowed({"kind": "fetch"}, tmp_path, network=True).allowed


def test_what_no_rule_answers_is_refused(tmp_path):
    found = allowed({"kind": "switch_mode", "title": "yolo", "rawInput": "text"}, tmp_path)
    assert (found.allowed, found.why) == (False, "no rule of the plan answers it")


def test_reading_needs_no_rule_and_our_own_servers_tools_need_none(tmp_path):
    assert allowed({"kind": "search"}, tmp_path).allowed
    assert allowed({"title": "mcp__ours__report"}, tmp_path, servers=OURS).allowed
    assert not allowed({"title": "mcp__ours2__report"}, tmp_path, servers=OURS).allowed


@pytest.mark.parametrize(
    "title", ["mcp.ours.report", "mcp__ours__report", "ours.report", "ours__report", "ours/report"]
)
def test_a_tool_of_our_own_server_may_be_called_however_an_agent_spells_it(tmp_path, title):
    assert allowed({"kind": "execute", "title": title}, tmp_path, servers=OURS).allowed
    assert not allowed({"kind": "execute", "title": title}, tmp_path).allowed


@pytest.mark.parametrize(
    "call",
    [
        {"title": "ours.report; rm -rf /"},
        {"title": "mcp.ours.report && sh"},
        {"title": "ours.report", "rawInput": {"command": "rm -rf /"}},
        {"title": "ours.report", "rawInput": {"argv": ["rm", "-rf", "/"]}},
        {"title": "ours/deploy"},
        {"title": "ours.sh"},
    ],
)
def test_a_command_that_calls_itself_a_tool_of_our_server_is_a_command(tmp_path, call):
    assert not allowed({"kind": "execute", **call}, tmp_path, servers=OURS).allowed
