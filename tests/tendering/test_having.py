"""Of which rows does each provider of tasks speak? Where there are none of them it has nothing to say, at any stop."""

import datetime

import pytest

from tests.derived import lost, nothing_lost
from tests.portal.chain import Chain
from tests.tendering.consultation_walk import Consultation
from tests.tendering.covers_walk import judged
from tests.tendering.walk import Tender
from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due

pytestmark = pytest.mark.django_db


def unsaid(tender: Tender) -> list[str]:
    """At this moment, and when whatever is still to come has come."""
    case = Case.objects.get(pk=tender.case.pk)
    return lost(case, now=tender.now) + lost(case, now=tender.now + datetime.timedelta(days=60))


@pytest.mark.long
def test_from_the_publication_to_the_last_payment() -> None:
    chain = Chain()
    found = {stop: unsaid(chain) for stop in chain.stops() if Case.objects.filter(pk=chain.case.pk).exists()}
    assert len(found) > 10 and not [said for said in found.values() if said]


@pytest.mark.long
def test_through_two_covers() -> None:
    assert unsaid(judged("900000.00", "910000.00", "920000.00")) == []


def test_through_last_offers() -> None:
    consultation = Consultation().talked()
    assert unsaid(consultation) == []
    consultation.asked()
    assert unsaid(consultation) == []


def test_what_would_be_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that speaks of samples, and has something to say where there are none."""
    from yangcai.tendering.models import Sample

    case = Tender().published().case
    wrong = [(lambda root, *, now: [Due("sample.settle", root.ref, "agent", now)], (Sample,))]
    monkeypatch.setitem(tasks.PROVIDERS, Case, wrong)
    now = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
    assert lost(case, now=now) == ["<lambda>: sample.settle"]
    with nothing_lost(), pytest.raises(AssertionError, match=r"would have said <lambda>: sample\.settle"):
        tasks.derive(case, now=now)
