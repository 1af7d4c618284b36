from workstreams.tables import csv_text, markdown_table


def test_numbers_stand_right_and_bars_are_escaped():
    assert markdown_table(["a", "b"], [["x|y", 1.5], ["z", 12345.6]]) == (
        "| a | b |\n| --- | ---: |\n| x\\|y | 1.5 |\n| z | 12346 |\n"
    )


def test_csv_quotes_what_needs_it():
    assert csv_text(("a", "b"), [("1,2", 'say "x"')]) == 'a,b\n"1,2","say ""x"""\n'
