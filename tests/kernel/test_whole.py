"""Do rows whose columns are written once become what their queryset makes of them, and are they the same rows?"""

from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_post
from tests.tendering.judging import hall
from yangcai.cases.models import Case, Lot
from yangcai.contracts.models import Contract
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Entry
from yangcai.kernel.whole import whole_rows
from yangcai.parties.models import Organisation, Person, Post
from yangcai.parties.roles import Role
from yangcai.www.work import places
from yangcai.www.work.shown import OF_CASE

DEEP = 4


def kept(row: models.Model, depth: int = DEEP) -> Any:
    """All that an instance holds, and what was read with it."""
    columns = {field.attname: row.__dict__.get(field.attname, "deferred") for field in row._meta.concrete_fields}
    with_it = {
        name: kept(other, depth - 1) if isinstance(other, models.Model) and depth else other
        for name, other in row._state.fields_cache.items()
        if is_forward(row, name)
    }
    return type(row), columns, with_it, row._state.adding, row._state.db


def is_forward(row: models.Model, name: str) -> bool:
    try:
        return bool(row._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


@pytest.mark.long
@pytest.mark.django_db
def test_of_each_kind_on_the_page_of_a_case_every_reader_gets_the_same_rows() -> None:
    """Everybody's scope, with whatever it reads beside its rows, at a case that was evaluated."""
    h = hall("950000", "1000000", "1100000").ready()
    h.score({n: {"technical": "40", "record": "10"} for n in range(3)})
    h.compute()
    h.sign()
    readers = [h.officer, h.agent, h.chair, h.bidders[0], *(make_post(role) for role in Role)]
    found, led = set(), set()
    for kind in OF_CASE:
        path = places.path_to(kind.model, Case)
        for post in readers:
            meant = SCOPES[kind.model](post, NOW).filter(**{path: h.case})
            whole = whole_rows(meant, order=kind.order, limit=3)
            assert [kept(row) for row in whole] == [kept(row) for row in meant.order_by(*kind.order)[:3]], kind
            found |= {kind.model} if whole else set()
            led |= {kind.model} if any(row._state.fields_cache for row in whole) else set()
    assert Lot in found and len(found) >= 8 and len(led) > 3


@pytest.mark.django_db
def test_each_row_comes_once_in_its_order_and_not_too_many() -> None:
    posts = [make_post(Role.EXPERT) for _ in range(3)]
    twice = Organisation.objects.filter(posts__person__in=[post.person for post in posts])
    names = [one.pk for one in whole_rows(twice, order=("-pk",), limit=2)]
    assert names == sorted({post.organisation_id for post in posts}, reverse=True)[:2]


@pytest.mark.django_db
def test_of_what_cannot_be_there_nothing_is_asked() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert whole_rows(Post.objects.none(), order=("pk",), limit=3) == []
    assert len(asked) == 0


@pytest.mark.long
@pytest.mark.django_db
def test_values_are_converted_as_a_queryset_does_it() -> None:
    """An Entry keeps JSON, which Django reads itself."""
    hall("950000", "1000000", "1100000").ready()
    entries = Entry.objects.filter(outcome="done")
    whole = whole_rows(entries, order=("pk",), limit=50)
    assert whole and [kept(row) for row in whole] == [kept(row) for row in entries.order_by("pk")[:50]]


@pytest.mark.parametrize(
    "asked",
    [
        lambda: Post.objects.annotate(n=models.Count("pk")),
        lambda: Post.objects.all()[:3],
        lambda: Post.objects.values("pk"),
        lambda: Post.objects.defer("role"),
        lambda: Person.objects.prefetch_related("posts"),
        lambda: Contract.objects.filter(pk=1).union(Contract.objects.filter(pk=2)),
    ],
)
def test_more_than_rows_is_refused(asked: Any) -> None:
    with pytest.raises(ValueError, match="asked for"):
        whole_rows(asked(), order=("pk",), limit=1)
