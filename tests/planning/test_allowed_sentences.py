"""May a sentence that was taken for something unlawful stand, by whose word, and who reads why?"""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from tests.factories import make_post, make_supplier
from tests.planning.office import NOW, Office
from tests.tendering.walk import Tender, document
from yangcai.kernel.actions import ACTIONS, SCOPES, can, perform
from yangcai.kernel.refusals import Refused
from yangcai.notifications.kinds.base import KINDS
from yangcai.notifications.models import Message
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import AllowedSentence, Requirement

pytestmark = pytest.mark.django_db
HELD_UP = "验收时使用红星牌（样机代号）测试箱"
REASON = "“红星牌”是测试规程中的代号，不是产品品牌"


def allow(by: Post, appropriation: Any, sentence: str = HELD_UP, reason: str = REASON) -> AllowedSentence:
    given = {"sentence": sentence, "reason": reason}
    return perform(ACTIONS["sentence.allow"], appropriation, by=by, now=NOW, **given).value


def codes(*args: Any, **given: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        allow(*args, **given)
    return refused.value.codes


def test_a_second_person_lets_a_sentence_stand_and_those_who_oversee_read_why() -> None:
    office = Office()
    with pytest.raises(Refused) as refused:
        office.draft(description=f"教学设备。{HELD_UP}。")
    assert refused.value.codes == {"brand_named"} and "保留表述" in refused.value.refusals[0].zh
    assert [r.code for r in can(ACTIONS["sentence.allow"], office.appropriation, by=office.officer, now=NOW)]
    one = allow(office.reviewer, office.appropriation, f"{HELD_UP}。")
    assert (one.words, one.reason, one.allowed_by) == ("使用红星牌", REASON, office.reviewer)
    item = office.draft(description=f"教学设备。{HELD_UP}；质保三年")
    assert HELD_UP in Requirement.objects.get(plan_item=item).description
    # The same words in another sentence, or in another purchase, are held up all the same.
    with pytest.raises(Refused):
        office.draft(description="教师使用红星牌测试箱")
    with pytest.raises(Refused):
        Office().draft(description=HELD_UP)
    for reader, reads in (
        (office.treasury, 1),
        (office.officer, 1),
        (make_post(Role.BUYER_OFFICER), 0),
        (make_supplier(), 0),
    ):
        assert SCOPES[AllowedSentence](reader, NOW).count() == reads


def test_those_who_oversee_are_alerted_and_the_sentence_itself_stays_on_the_platform() -> None:
    office, auditor = Office(), make_post(Role.AUDITOR)
    allow(office.reviewer, office.appropriation)
    told = Message.objects.filter(kind="sentence_allowed")
    assert {one.person_id for one in told} >= {office.treasury.person_id, auditor.person_id}
    assert set(told.values_list("role", flat=True)) == {Role.TREASURY, Role.AUDITOR}
    for language, says in (("zh-hans", "预警"), ("en", "Alert")):
        with translation.override(language):
            said = [KINDS[one.kind].title_of(one.facts) + KINDS[one.kind].text_of(one.facts) for one in told]
        assert all(says in one and office.buyer.name in one and HELD_UP not in one for one in said)


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("使用甲牌设备，报价不得低于80万元", "floor_price"),
        ("使用甲牌设备，注册资本不低于500万元", "banned_condition"),
        ("使用甲牌设备，提供原厂授权", "banned_condition"),
        ("使用甲牌设备，必须为进口", "imports_demanded"),
        ("质保期三年", "nothing_held_up"),
        ("使用甲牌设备。使用乙牌设备", "not_one_sentence"),
    ],
)
def test_what_the_law_forbids_without_judgement_is_never_let_stand(sentence: str, code: str) -> None:
    office = Office()
    assert code in codes(office.reviewer, office.appropriation, sentence)


def test_it_is_said_once_and_never_rewritten() -> None:
    office = Office()
    one = allow(office.reviewer, office.appropriation)
    assert codes(office.reviewer, office.appropriation) == {"allowed_already"}
    for change in (lambda: AllowedSentence.objects.update(reason="另一个理由"), one.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_it_stands_in_the_documents_of_the_purchase_too() -> None:
    tender = Tender()
    text = f"台式计算机 100 台。{HELD_UP}"
    assert "brand_named" in tender.refused(
        "solicitation.draft", tender.case, tender.runner, **{**document(), "requirement": text}
    )
    allow(tender.reviewer, tender.case.plan_item.appropriation)
    tender.draft(requirement=text)
    rows = [{"kind": "responsiveness", "text": f"★ {HELD_UP}"}]
    assert "brand_named" in tender.refused("clauses.define", tender.case, tender.runner, rows=rows)
    tender.do("clauses.define", tender.case, tender.runner, rows=[{"kind": "responsiveness", "text": HELD_UP}])
