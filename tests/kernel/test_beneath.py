"""Is what may hang on a root never denied, whatever hangs on it, whoever has written meanwhile?"""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_case, make_organisation
from tests.tendering.judging import hall
from yangcai.cases.models import Case, Lot, Suspension
from yangcai.challenges.models import Enquiry
from yangcai.kernel.beneath import may_have, may_show, way_to
from yangcai.kernel.models import Root, Rooted
from yangcai.kernel.reading import reading, writing
from yangcai.parties.models import Organisation
from yangcai.tendering.models import BidLine, CommitteeMember, Deviation, Sample, Score, SiteVisit
from yangcai.www.work import places
from yangcai.www.work.shown import OF_CASE

pytestmark = pytest.mark.django_db


def under_case() -> list[tuple[type[Rooted], str]]:
    """Every kind that hangs on a case, with the path of its keys; not what hangs on a root that only may name one."""
    kinds = [kind for kind in apps.get_models() if issubclass(kind, Rooted) and kind is not Case]
    found = [(kind, way) for kind in kinds if (way := way_to(Case, of=kind))]
    return [(kind, "__".join(way)) for kind, way in found if not names_a_case(kind, way)]


def names_a_case(kind: type[Any], way: tuple[str, ...]) -> bool:
    """Whether there is a root of its own on the way whose key may be empty."""
    for name in way:
        key = kind._meta.get_field(name)
        if issubclass(kind, Root) and key.null:
            return True
        kind = key.related_model
    return False


def test_of_a_case_that_was_evaluated_each_kind_is_told_truly() -> None:
    """Whatever is there is never denied; of what hangs on the case or a lot directly, what is not there is."""
    h = hall("950000", "1000000", "1100000").ready()
    h.score({n: {"technical": "40", "record": "10"} for n in range(3)})
    kinds = under_case()
    with reading():
        said = {kind: may_have(h.case, kind) for kind, _path in kinds}
    there = {kind: kind.objects.filter(**{path: h.case}).exists() for kind, path in kinds}
    assert {Score, CommitteeMember, Lot} <= {kind for kind in there if there[kind]}
    assert [kind for kind in said if there[kind] and not said[kind]] == []
    near = [kind for kind, path in kinds if path in {"case", "lot__case"}]
    assert {kind: said[kind] for kind in near} == {kind: there[kind] for kind in near}


@pytest.mark.long
def test_a_page_is_told_truly_of_kinds_further_away() -> None:
    """Their way to the case is that by which the page asks for them."""
    h = hall("950000", "1000000", "1100000").ready()
    h.score({n: {"technical": "40", "record": "10"} for n in range(3)})
    kinds = under_case()
    with reading(), CaptureQueriesContext(connection) as asked:
        said = {kind: may_show(h.case, kind) for kind, _path in kinds}
    there = {kind: kind.objects.filter(**{path: h.case}).exists() for kind, path in kinds}
    assert said == there and len(asked) == 2
    assert any(path.count("__") > 1 and there[kind] for kind, path in kinds)
    assert any(path.count("__") > 1 and not there[kind] and may_have(h.case, kind) for kind, path in kinds)
    assert [places.path_to(kind.model, Case) for kind in OF_CASE] == [
        "__".join(way_to(Case, of=kind.model)) for kind in OF_CASE
    ]
    with reading():  # a rule that asks after the page has is told as truly
        assert may_have(h.case, Deviation) and not may_show(h.case, Deviation) and not may_have(h.case, Deviation)
        assert may_have(h.case, Deviation, Score)
    with writing():
        assert not may_show(h.case, Deviation)
        connection.cursor().execute(f'UPDATE "{Deviation._meta.db_table}" SET id = id WHERE id = 0')
        assert may_show(h.case, Deviation) and may_have(h.case, Deviation)


def test_one_question_answers_for_every_kind_and_each_root_has_its_own() -> None:
    case, other = make_case(), make_case()
    with reading(), CaptureQueriesContext(connection) as asked:
        assert may_have(case, Lot) and not may_have(case, Sample, SiteVisit) and not may_have(case, BidLine)
        assert may_have(other, Lot) and not may_have(other, Sample)
    assert len(asked) == 2


def test_what_is_written_meanwhile_may_be_there() -> None:
    case = make_case()
    with writing():
        assert not may_have(case, Enquiry)
        Enquiry.objects.create(case=case, supplier=make_organisation(), question="?", asked_at=NOW)
        with CaptureQueriesContext(connection) as asked:
            assert may_have(case, Enquiry) and not may_have(case, Sample)
    assert len(asked) == 0


def test_behind_a_lock_it_is_asked_again() -> None:
    case = make_case()
    with writing():
        assert may_have(case, Lot)
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        with CaptureQueriesContext(connection) as asked:
            assert may_have(case, Lot)
    assert len(asked) == 1


def test_where_nothing_is_kept_the_answer_is_to_look() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert may_have(make_case(), Suspension)
    assert not [one for one in asked.captured_queries if "EXECUTE" in one["sql"]]


def test_a_kind_that_hangs_on_no_case_is_a_mistake() -> None:
    with reading(), pytest.raises(LookupError, match="Organisation"):
        may_have(make_case(), Organisation)


def test_an_action_does_not_ask_for_what_is_not_there() -> None:
    asked: list[str] = []

    def hear(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    ready = hall("950000", "1000000", "1100000")
    with connection.execute_wrapper(hear):
        ready.ready()
    assert [sql for sql in asked if 'FROM "tendering_committeemember"' in sql]
    assert not [sql for sql in asked if 'FROM "tendering_sitevisit"' in sql or 'FROM "tendering_outsidelibrary"' in sql]
