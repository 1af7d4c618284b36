"""An attempt's account with the proxy."""

import threading

from orchestrator.agents.meter.accounts import TOKEN, Account
from orchestrator.executors.order import Asking, Spent
from orchestrator.state.spending import Settled


def test_tokens_differ_and_say_whose_they_are():
    first, second = (Account("T", 1, print).token for _ in range(2))
    assert first != second
    assert first.startswith(TOKEN)
    assert len(first) >= len(TOKEN) + 32


def test_calls_are_numbered_reserved_and_settled_in_order():
    told = []
    account = Account("T", 2, told.append)
    for _ in range(2):
        call = account.reserve("openai", "m", 10, None, print)
        account.settle(Settled(call, 1, 2))
    assert [type(each) for each in told] == [Asking, Spent, Asking, Spent]
    assert [(each.task, each.attempt) for each in told] == [("T", 2)] * 4
    assert [told[0].reserved.call, told[2].reserved.call] == [1, 2]


def test_after_the_attempt_no_call_is_reserved():
    told, replies = [], []
    account = Account("T", 1, told.append)
    account.close()
    account.reserve("openai", "m", 10, None, replies.append)
    assert (told, replies) == ([], ["its attempt has ended"])


def test_an_attempt_ends_once_its_calls_are_settled():
    account = Account("T", 1, lambda _: None)
    one, two = (account.reserve("openai", "m", 10, None, print) for _ in range(2))
    closing = threading.Thread(target=account.close)
    closing.start()
    account.refused(one)
    assert closing.is_alive()
    account.settle(Settled(two, 0, 0))
    closing.join(20)
    assert not closing.is_alive()
