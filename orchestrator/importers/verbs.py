"""Whether a text is an imperative: the verbs with which people begin to-do items."""

import re
from typing import Final

FIRST: Final = re.compile(r"[^\w]{0,6}([^\W\d_]{2,20})")
WORDS: Final = (
    "add adjust adopt agree align allow analyse analyze announce answer apply approve archive arrange ask assemble "
    "assess assign attach audit "
    "automate avoid backfill balance begin benchmark block book boot bootstrap break brief bring build bump buy cache "
    "calculate call capture check "
    "choose clarify clean clear clone close code collect commit compare compile complete compress compute configure "
    "confirm connect consolidate "
    "construct contact convert copy count cover create cut debug decide decommission define delete deliver demo "
    "deploy deprecate describe design "
    "detect determine develop disable discuss distribute document download draft draw drop edit email embed enable "
    "encode end enforce engage ensure "
    "establish estimate evaluate examine execute expand explain explore export expose extend extract fetch file fill "
    "finalise finalize find finish "
    "fix flag follow format freeze gather generate get give grant group handle harden hash hire hold identify "
    "implement import improve include "
    "increase index inform initialise initialize inspect install instrument integrate interview introduce inventory "
    "investigate invite isolate "
    "iterate join keep label launch learn lease let limit link list load locate lock log look make manage map mark "
    "measure meet merge migrate "
    "mock model modify monitor mount move name negotiate notify offer open optimise optimize order organise organize "
    "outline package pack paint "
    "parse patch perform pick pilot pin place plan poll port post prepare present print prioritise prioritize probe "
    "procure produce profile "
    "propose protect prototype prove provide provision publish pull purge push put query rank read rebuild reconcile "
    "record recover recruit "
    "reduce refactor refine refresh register release reload remove rename render rent reorganise reorganize repair "
    "repeat replace replicate "
    "report request require research reset resolve restart restore restructure restrict retire retry return review "
    "revise rewrite roll rotate "
    "route run sample save scale scan schedule scope score search secure seed select sell send separate serve set "
    "settle setup shadow share ship "
    "show shut sign simplify sketch smoke sort specify spike split stabilise stabilize stage standardise standardize "
    "start stop store stream "
    "stress structure study submit subscribe summarise summarize support survey switch sync tag take talk teach tell "
    "test tidy time tokenise "
    "trace track train transfer translate trial trim try tune turn type unify unload update upgrade upload use "
    "validate verify version visit "
    "walk wire withdraw work wrap write"
)
ENGLISH: Final = frozenset(WORDS.split())
OTHERS: Final = re.compile(r"[^\W\d_]{3,}(?:er|ir|re|oir|ar)$|[^\W\d_]{4,}(?:en|ern|eln)$")
"""An infinitive, with which a French or Spanish item begins and a German one ends."""


def is_imperative(text: str) -> bool:
    """Whether a text begins with a verb that says what to do."""
    found = FIRST.match(text)
    if found is None or text[found.end() : found.end() + 1] == ":":  # "Type: Boolean" says what something is
        return False
    word = found[1].lower()
    return word in ENGLISH or (not text.isascii() and OTHERS.fullmatch(word) is not None)
