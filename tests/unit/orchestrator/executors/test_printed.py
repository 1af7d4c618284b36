from orchestrator.executors.printed import ENDING, LINES, LONGEST, last_lines, said_last


def test_the_last_lines_with_something_in_them_are_kept():
    text = "\n".join(f"line {n}" for n in range(40)) + "\n\n  \n"
    assert last_lines(text.encode()) == tuple(f"line {n}" for n in range(40 - LINES, 40))


def test_of_a_progress_bar_only_what_was_last_on_the_line_is_kept_and_no_colour():
    assert last_lines(b"10 %\r50 %\r100 %\n\x1b[31mbad\x1b[0m\r\n") == ("100 %", "bad")


def test_half_a_line_at_the_cut_is_left_out_and_a_long_one_is_shortened():
    lines = last_lines(b"lf a line\n" + b"x" * 1000, cut=True)
    assert len(lines) == 1
    assert len(lines[0]) == LONGEST


def test_stdout_counts_only_where_stderr_is_silent():
    assert said_last(b"bad\n", b"fine\n") == ("stderr", ("bad",))
    assert said_last(b" \n", b"fine\n") == ("stdout", ("fine",))
    assert said_last(b"", b"") == ("", ())


def test_what_cannot_be_shown_is_a_blank():
    assert last_lines(b"a\x00b\xff") == ("a b\N{REPLACEMENT CHARACTER}",)
    assert len(last_lines(b"x" * ENDING, cut=True)) == 1
