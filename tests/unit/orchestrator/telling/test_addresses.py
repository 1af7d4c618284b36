"""An address is named by its variable, and no part of it stands in a text."""

import pytest

from orchestrator.secrets import MASK
from orchestrator.telling.addresses import given_targets, without_address

ADDRESS = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23general?footer=no"


def test_a_target_is_a_variable_or_a_notifier_and_a_variable():
    assert [each.name for each in given_targets(["HOOK", "pager:NIGHT_SHIFT"])] == ["apprise:HOOK", "pager:NIGHT_SHIFT"]


@pytest.mark.parametrize("word", [ADDRESS, "json://host", "", "A B", "pager:", ":X", "https://hooks.slack.com/x"])
def test_an_address_is_no_target_and_the_complaint_does_not_repeat_it(word):
    with pytest.raises(ValueError, match=r"^$"):
        list(given_targets([word]))


@pytest.mark.parametrize(
    "text",
    [
        f"cannot post to {ADDRESS}",
        "Max retries exceeded with url: /services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "no channel '#general'",
    ],
)
def test_no_longer_part_of_an_address_is_left_in_a_text(text):
    masked = without_address(text, ADDRESS)
    assert MASK in masked
    assert not any(part in masked for part in ("T1JJ3T3L2", "A1BRTD4JD", "TIiajkdnlazkcOXrIdevi7FQ", "general"))
