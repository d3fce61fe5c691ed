"""Which sentence may somebody let stand, and which sentences stand already?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.funds.models import Appropriation
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.planning import phrases
from yangcai.planning.models import AllowedSentence
from yangcai.planning.rules.base import refuse


@remembered
def allowed(appropriation: Appropriation) -> frozenset[str]:
    """The sentences that somebody let stand for this budget line, in one way of writing."""
    return frozenset(AllowedSentence.objects.filter(appropriation=appropriation).values_list("sentence", flat=True))


def is_one_sentence(subject: Appropriation, *, now: datetime.datetime, sentence: str, **_: Any) -> Refusal | None:
    if len(phrases.sentences(sentence)) == 1:
        return None
    return Refusal("not_one_sentence", "一次只能保留一句", "One sentence at a time", field="sentence")


def is_not_forbidden(subject: Appropriation, *, now: datetime.datetime, sentence: str, **_: Any) -> Iterator[Refusal]:
    """A floor price (87号令 art. 12), size and a maker's authorisation (art. 17) and a demand for imports leave no room
    for judgement."""
    for key, code, word in (
        ("solicitation.ceiling", "floor_price", phrases.floor_price(sentence)),
        ("qualification.banned_conditions", "banned_condition", phrases.scale(sentence)),
        ("qualification.banned_conditions", "banned_condition", phrases.authorisation(sentence, is_condition=False)),
        ("import.domestic_allowed", "imports_demanded", phrases.imported(sentence)),
    ):
        if word:
            yield refuse(
                subject.buyer,
                key,
                now=now,
                code=code,
                zh="“{word}”为法规所禁止，不能保留",
                en="“{word}” is forbidden: it is never let stand",
                field="sentence",
                word=word.quoted,
            )


def was_held_up(subject: Appropriation, *, now: datetime.datetime, sentence: str, **_: Any) -> Refusal | None:
    """There is nothing to let stand in a sentence that nobody refuses."""
    if (
        phrases.brand(sentence, is_stated=True)
        or phrases.brand(sentence, is_name=True)
        or phrases.treated_differently(sentence)
    ):
        return None
    return Refusal("nothing_held_up", "这一句没有被拦下，不必保留", "Nobody refuses this sentence", field="sentence")


def is_not_allowed_yet(subject: Appropriation, *, now: datetime.datetime, sentence: str, **_: Any) -> Refusal | None:
    if not allowed(subject).issuperset(phrases.sentences(sentence)):
        return None
    return Refusal("allowed_already", "这一句已经保留", "This sentence stands already", field="sentence")
