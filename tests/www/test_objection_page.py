"""Is an objection raised from the result, and answered beside its letter, each by whom it is for?"""

import io

import docx
import pytest
from django.urls import reverse

from tests.challenges.support import LETTER, about, answer
from tests.contracts.support import document
from tests.factories import at, make_supplier
from tests.portal.chain import Chain
from tests.www.support import Clock, at_desk, text_of
from yangcai.challenges.models import Objection
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.models import Post
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db
RAISED = at("2026-03-31T10:00")


@pytest.fixture
def chain(clock: Clock) -> Chain:
    found = Chain().until("award announced")
    clock.at = found.now = RAISED
    return found


def losers(chain: Chain) -> list[Post]:
    return [post for post in chain.suppliers if post.organisation_id != chain.hall.award.supplier_id]


def raised(chain: Chain) -> Objection:
    post = losers(chain)[0]
    key = about(chain.case, post, "result", RAISED)
    found: Objection = chain.do("objection.raise", chain.case, post, **LETTER, about=key).value
    return found


@pytest.mark.long
def test_the_result_leads_to_the_objection_while_its_time_runs(chain: Chain, clock: Clock) -> None:
    loser = losers(chain)[0]
    page = reverse("work_explanation", args=[AwardLetter.objects.get(supplier=loser.organisation_id).pk])
    form = f"/work/do/case/{chain.case.pk}/objection.raise/"
    shown = text_of(at_desk(loser).get(page))
    assert form in shown and "还剩 7 个工作日" in shown and "2026-04-09 24:00" in shown
    assert "2026-04-09 24:00 前" in text_of(at_desk(loser).get(form))  # each thing with its own last day
    assert form not in text_of(at_desk(chain.agent_post).get(page))
    clock.at = at("2026-04-10T00:00")
    over = text_of(at_desk(loser).get(page))
    assert form not in over and "质疑期限已于 2026-04-09 24:00 届满" in over


def test_it_is_answered_beside_the_letter_and_what_is_wrong_is_told_there(chain: Chain) -> None:
    objection = raised(chain)
    form = f"/work/do/objection/{objection.pk}/objection.answer/"
    assert Task.objects.get(action="objection.answer").subject == objection.ref
    shown = text_of(at_desk(chain.agent_post).get(form))
    assert "中标人业绩不实" in shown and "见证明材料" in shown and "经核查，" in shown
    assert shown.index("质疑函") < shown.index("逐项答复")
    said = answer(objection, False, False, consequence="next")
    posted = {"consequence": "next", "explanation": ""}
    for n, row in enumerate(said["rows"]):
        posted |= {f"rows-{n}-{name}": value for name, value in row.items()}
    wrong = at_desk(chain.agent_post).post(form, posted)
    assert wrong.status_code == 422 and "全部质疑事项均不成立" in text_of(wrong) and "中标人业绩不实" in text_of(wrong)
    assert at_desk(chain.agent_post).post(form, posted | {"consequence": "go_on"}).status_code == 302
    objection.refresh_from_db()
    assert objection.answered_at == RAISED


@pytest.mark.long
def test_each_reads_what_is_for_it(chain: Chain) -> None:
    objection = raised(chain)
    loser, other = losers(chain)
    page = reverse("work_objection", args=[objection.pk])
    case = reverse("work_case", args=[chain.case.pk])
    for post in (loser, chain.agent_post, chain.officer, chain.treasury):
        shown = text_of(at_desk(post).get(page))
        assert "0000-0000000" in shown and "等待答复" in shown
        assert objection.number in text_of(at_desk(post).get(case))
    assert at_desk(other).get(page).status_code == 404
    assert objection.number not in text_of(at_desk(other).get(case))
    chain.do("objection.answer", objection, chain.agent_post, **answer(objection, False, False))
    told = text_of(at_desk(other).get(page))
    assert "经核查，如下。" in told and "0000-0000000" not in told and "距投诉期限" not in told
    assert at_desk(other).get(reverse("work_paper_objection", args=[objection.pk])).status_code == 404
    own = text_of(at_desk(loser).get(page))
    assert "距投诉期限" in own and "2026-05-06 24:00" in own
    assert at_desk(make_supplier()).get(page).status_code == 404
    # The right to complain leads there from the worklist.
    assert page in text_of(at_desk(loser).get("/work/"))


def test_the_draft_of_an_answer_is_taken_away_and_the_signed_one_is_read_by_whom_it_is_for(chain: Chain) -> None:
    objection = raised(chain)
    made = at_desk(chain.agent_post).get(reverse("work_paper_objection_answer_docx", args=[objection.pk]))
    words = "\n".join(
        cell.text
        for table in docx.Document(io.BytesIO(made.content)).tables
        for row in table.rows
        for cell in row.cells
    )
    assert "中标人业绩不实" in words and "（在此填写）" in words and "15 个工作日" in words
    loser, other = losers(chain)
    assert at_desk(loser).get(reverse("work_paper_objection_answer", args=[objection.pk])).status_code == 404
    signed = document("签章的答复")
    chain.do("objection.answer", objection, chain.agent_post, **answer(objection, False, False), document=signed)
    file = reverse("work_file", args=[Attachment.objects.get(kind="objection_answer").pk])
    answers = [at_desk(post).get(file) for post in (loser, other, make_supplier())]
    for one in answers:
        one.close()
    assert [one.status_code for one in answers] == [200, 200, 404]
