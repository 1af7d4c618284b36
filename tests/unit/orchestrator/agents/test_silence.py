from orchestrator.agents.silence import Silence
from orchestrator.state.rounds import SILENT


def test_who_says_nothing_is_told_once_and_again_when_it_speaks():
    told = []
    silence = Silence(0.0, told.append)
    silence.look(0)
    silence.look(0)
    assert [text.startswith(SILENT) for text in told] == [True]
    silence.look(5)
    assert told[1] == "it speaks again"


def test_who_speaks_in_time_is_never_told():
    told = []
    silence = Silence(3600.0, told.append)
    silence.look(1)
    silence.look(2)
    assert told == []
