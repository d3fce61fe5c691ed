"""Is the SQL that our compiler puts together Django's, to the letter, and are the rows read alike?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.backends.postgresql import compiler as of_postgres
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from yangcai.cases.models import Case, Lot
from yangcai.kernel.models import Entry
from yangcai.kernel.postgres import compiler as ours
from yangcai.tendering.models import Bid

#: A query that locks wants a transaction.
pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if model._meta.managed]

#: What a query can be beside whole rows of one model.
QUERIES: dict[str, Callable[[], Any]] = {
    "ordered by a related row": lambda: Lot.objects.order_by("case__title", "-number"),
    "related rows": lambda: Bid.objects.select_related("lot__case__buyer", "supplier").filter(lot__case__title="x"),
    "the same table twice": lambda: Case.objects.filter(lots__bids__stage="a").filter(lots__bids__stage="b"),
    "one table from two sides": lambda: Case.objects.select_related("buyer", "agent"),
    "some columns": lambda: Case.objects.only("title", "buyer__name").select_related("buyer"),
    "without some": lambda: Case.objects.defer("title"),
    "values": lambda: Lot.objects.values("number", "case__title"),
    "values in a list": lambda: Lot.objects.values_list("case__buyer__name", "pk").distinct().order_by("pk"),
    "counted": lambda: Case.objects.annotate(n=Count("lots", filter=Q(lots__number__gt=1))).filter(n__gt=2),
    "grouped": lambda: Lot.objects.values("case").annotate(n=Count("pk")).order_by("-n"),
    "a subquery": lambda: Case.objects.annotate(
        first=Subquery(Lot.objects.filter(case=OuterRef("pk")).order_by("number").values("title")[:1])
    ),
    "a row there": lambda: Case.objects.filter(Exists(Lot.objects.filter(case=OuterRef("pk"), number=F("id")))),
    "rows in rows": lambda: Lot.objects.filter(case__in=Case.objects.filter(title="x")),
    "rows not in rows": lambda: Case.objects.exclude(lots__bids__stage="x"),
    "under a name of its own": lambda: Case.objects.extra(select={"title": "1", "more": "2"}),
    "two at once": lambda: Case.objects.filter(pk=1).union(Case.objects.filter(pk=2)).order_by("title"),
    "locked": lambda: Case.objects.select_for_update(of=("self",)).select_related("buyer").filter(pk=1),
    "a part": lambda: Entry.objects.order_by("-pk")[3:7],
    "by day": lambda: Entry.objects.dates("at", "day"),
}


def compiled(query: Any, module: Any) -> tuple[Any, ...]:
    """The SQL, its values, where which model's columns stand, and which of them are converted, and by what."""
    compiler = getattr(module, query.compiler)(query.clone(), connection, "default")
    sql, params = compiler.as_sql()
    columns = [column for column, _, _ in compiler.select]
    converters = compiler.get_converters(columns)
    return sql, tuple(params), _places(compiler.klass_info), [(n, by) for n, (by, _) in sorted(converters.items())]


def _places(info: Any) -> Any:
    if info is None:
        return None
    return info["model"], info["select_fields"], [_places(one) for one in info.get("related_klass_infos", [])]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as a process does."""
    for name in ("_columns", "_selected", "_converters"):
        monkeypatch.setattr(ours, name, {})


def test_the_connection_uses_it() -> None:
    assert type(Case.objects.all().query.get_compiler("default")) is ours.SQLCompiler


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_rows_of_every_model(model: type[models.Model]) -> None:
    """The first time, and from what was kept; with and without the rows that they point to."""
    plain = model._base_manager.all()
    keys = [f.name for f in model._meta.fields if f.is_relation]
    for query in (plain, plain.filter(pk=1).order_by("pk"), *([plain.select_related(*keys)] if keys else [])):
        for _ in range(2):
            assert compiled(query.query, ours) == compiled(query.query, of_postgres)


@pytest.mark.parametrize("name", QUERIES)
def test_other_queries(name: str) -> None:
    """In any order beside each other: what one of them keeps does not show in another one."""
    for one in (name, *QUERIES, name):
        query = QUERIES[one]().query
        assert compiled(query, ours) == compiled(query, of_postgres), one


def test_a_table_called_as_a_column_is_written_as_django_writes_it() -> None:
    """Within a query around it, such a name stands without quotes; before and afterwards everywhere else with them."""
    query = Lot.objects.all().query
    inner = query.clone()
    inner.external_aliases = {"title": True}
    for one in (inner, query, inner):
        assert compiled(one, ours) == compiled(one, of_postgres)
    assert ".title," in compiled(inner, ours)[0]


def test_who_takes_the_list_of_columns_takes_a_copy() -> None:
    first = Lot.objects.all().query.get_compiler("default")
    first.as_sql()
    first.select.clear()
    first.klass_info["select_fields"].clear()
    assert compiled(Lot.objects.all().query, ours) == compiled(Lot.objects.all().query, of_postgres)
