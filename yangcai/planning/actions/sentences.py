"""A sentence of a requirement was taken for something unlawful: who may let it stand, and on what ground?

The program reads words, and takes a sign of a school for a brand or a place of work for a seat. Somebody else than who
wrote the sentence lets it stand and says why; that is kept, and shown to those who oversee. What the law forbids
without any judgement is never let stand.
"""

import datetime

from django.utils.translation import gettext_lazy as _

from yangcai.funds.models import Appropriation
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import phrases
from yangcai.planning.models import AllowedSentence
from yangcai.planning.rules import sentences as rules


class AllowSentence(Input):
    sentence = TextField(
        label=_("被拦下的一句"),
        lines=3,
        max_length=500,
        help_text=_("照原文完整抄写这一句，只对本预算项下的同一句有效"),
    )
    reason = TextField(
        label=_("保留的理由"),
        lines=3,
        max_length=1000,
        help_text=_("写明这一句为何不构成限定品牌或者差别待遇，监督部门可见"),
    )


@action(
    "sentence.allow",
    zh="保留表述",
    en="Let a sentence stand",
    on=Appropriation,
    by={Role.BUYER_REVIEWER},
    input=AllowSentence,
    checks=(rules.is_one_sentence, rules.is_not_forbidden, rules.was_held_up, rules.is_not_allowed_yet),
    sentence=("{post}保留了一句被拦下的采购需求表述", "{post} let a sentence of a requirement stand that was held up"),
    is_public=False,
    cites=("requirement.competition_review", "solicitation.no_pointing"),
    hint=(
        "只用于把品牌、差别待遇看错了的句子；最低限价、规模条件、厂家授权和进口要求一律不能保留",
        "Only for a sentence that was mistaken for a brand or for unequal treatment; a floor price, a condition of"
        " size, a maker's authorisation and a demand for imports are never let stand",
    ),
)
def allow_sentence(
    appropriation: Appropriation, *, by: Post, now: datetime.datetime, sentence: str, reason: str
) -> AllowedSentence:
    """The very sentence, in one way of writing, may stand in plans and documents of this budget line."""
    [said] = phrases.sentences(sentence)
    return AllowedSentence.objects.create(
        appropriation=appropriation,
        sentence=said,
        words=str(
            phrases.brand(said, is_stated=True)
            or phrases.brand(said, is_name=True)
            or phrases.treated_differently(said)
        ),
        reason=reason,
        allowed_by=by,
        allowed_at=now,
    )
