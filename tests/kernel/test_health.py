"""Does the journal say what was found, and reckon outages and extensions as the terms declare?"""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import at
from tests.kernel.log import world
from yangcai import law
from yangcai.cli.commands import doctor
from yangcai.kernel import documents, health, health_lines, health_terms, leaves, log_keys, room, sequencer
from yangcai.kernel.encoding import BadEncoding
from yangcai.kernel.health_lines import Line
from yangcai.kernel.health_terms import Outage, Terms, whole_minute
from yangcai.kernel.models import HealthLine, Leaf
from yangcai.kernel.models import Outage as Row
from yangcai.tendering import health as watching
from yangcai.tendering import outages

MINUTE = datetime.timedelta(minutes=1)
HOUR = 60 * MINUTE
TERMS = Terms(MINUTE, 5 * MINUTE, 2 * HOUR, 2 * HOUR, 9, 17)
CLOSES = at("2026-03-24T09:30")


def line(number: int, minute: float, *bad: str) -> Line:
    return Line(number, CLOSES + minute * MINUTE, ("finalise", "store"), bad, health_lines.NONE_BEFORE)


# --- lines -----------------------------------------------------------------------------------------------------------


def test_a_line_is_read_as_it_was_written_and_in_no_other_form() -> None:
    written = line(7, 0, "store")
    assert health_lines.read(written.body) == written and not written.is_good
    for change in (
        {"n": "7"}, {"at": "2026-03-24"}, {"bad": ["web"]}, {"looked": []}, {"sig": "="}, {"more": 1}, {"bad": None},
        {"prev": None},
    ):  # fmt: skip
        with pytest.raises(BadEncoding):
            health_lines.read({**written.body, **change})
    with pytest.raises(BadEncoding):
        health_lines.read({"t": "health"})


def test_the_terms_are_read_as_they_were_declared() -> None:
    body = TERMS.as_dict(at="2026-03-24T01:30:00.000000Z")
    assert health_terms.read(body) == TERMS
    for change in ({"interval_s": -1}, {"shortest_s": True}, {"relief_s": None}, {"from_hour": "9"}):
        with pytest.raises(BadEncoding):
            health_terms.read({**body, **change})


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([(0,), (4.9,), (9.8,)], []),
        ([(0,), (5,)], [(1, 2, ())]),  # nothing was written: the machine was down
        ([(0,), (1, "store"), (4.9,)], []),  # mended in time
        ([(0,), (1, "store"), (2, "finalise"), (5,), (6,)], [(1, 4, ("finalise", "store"))]),
        ([(0,), (1, "store"), (2, "store")], []),  # not over yet
        ([(0, "store"), (9,)], []),  # it never was well: nothing is known of the time before
        ([(0,), (6,), (12,)], [(1, 2, ()), (2, 3, ())]),
    ],
)
def test_an_outage_lies_between_two_good_lines_that_are_far_apart(lines: list[Any], found: list[Any]) -> None:
    journal = [line(number, minute, *bad) for number, (minute, *bad) in enumerate(lines, start=1)]
    got = list(health_lines.outages(journal, shortest=TERMS.shortest))
    assert [(one.before, one.after, one.bad) for one in got] == found


# --- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends", "length", "touches"),
    [
        (-130, -125, None, False),  # over before the protected time
        (-130, -120, None, False),  # two hours remain to the second
        (-130, -119, None, True),
        (-60, -55, None, True),
        (-60, -56, None, False),  # too short
        (-3, 60, None, True),  # over the deadline
        (0, 60, None, False),  # the deadline had passed
        (-1000, 1000, None, True),
        (-60, -31, 30, False),  # a round of half an hour had not begun
        (-60, -29, 30, True),
        (-10, -5, 30, True),
    ],
)
def test_an_outage_in_the_protected_time_touches_a_deadline(
    begins: int, ends: int, length: int | None, touches: bool
) -> None:
    outage = Outage(1, 2, CLOSES + begins * MINUTE, CLOSES + ends * MINUTE)
    span = length * MINUTE if length else None
    assert TERMS.affects(outage, closes_at=CLOSES, length=span) is touches


@pytest.mark.parametrize(
    ("closes", "told", "length", "new"),
    [
        ("2026-03-24T09:30", "2026-03-24T07:20", None, "2026-03-24T09:30"),  # never earlier
        ("2026-03-24T09:30", "2026-03-24T08:00", None, "2026-03-24T10:00"),
        ("2026-03-24T09:30", "2026-03-24T09:29:10", None, "2026-03-24T11:30"),  # to the minute, and never less
        ("2026-03-24T09:30", "2026-03-24T15:00", None, "2026-03-24T17:00"),
        ("2026-03-24T09:30", "2026-03-24T15:00:01", None, "2026-03-25T09:30"),  # the hour of openings is over
        ("2026-03-24T09:30", "2026-03-24T23:00", None, "2026-03-25T09:30"),
        ("2026-03-24T09:30", "2026-03-25T05:00", None, "2026-03-25T09:30"),  # back in the night: 07:00 is no hour
        ("2026-03-24T09:30", "2026-03-25T08:00", None, "2026-03-25T10:00"),
        ("2026-03-27T16:00", "2026-03-27T15:30", None, "2026-03-30T16:00"),  # over the weekend to Monday
        ("2026-04-03T09:30", "2026-04-03T18:00", None, "2026-04-07T09:30"),  # Qingming: 4 to 6 April
        ("2026-04-03T09:30", "2026-04-05T10:00", None, "2026-04-07T09:30"),
        ("2026-03-24T18:00", "2026-03-24T17:50", 30, "2026-03-24T18:20"),  # a round goes on the same day
        ("2026-03-24T18:00", "2026-03-24T17:50", 300, "2026-03-24T19:50"),
        ("2030-01-02T09:30", "2030-01-02T09:00", None, "2030-01-03T09:30"),  # no holidays known: the announced hour
    ],
)
def test_a_deadline_moves_to_a_time_at_which_bids_are_opened(
    closes: str, told: str, length: int | None, new: str
) -> None:
    span = length * MINUTE if length else None
    moved = TERMS.extended(at(closes), at=at(told), region="620171", length=span)
    assert moved == at(new) and moved >= at(closes)


def test_what_is_extended_is_not_touched_again_by_the_same_outage() -> None:
    """Whatever the outage: the relief is no shorter than what is protected, in the declared terms too."""
    declared = outages.terms(now=CLOSES)
    assert declared == TERMS and declared.relief >= declared.protected >= declared.shortest >= declared.interval
    for begins in range(-300, 60, 7):
        for lasts in (5, 30, 200, 3000):
            outage = Outage(1, 2, CLOSES + begins * MINUTE, CLOSES + (begins + lasts) * MINUTE)
            for length in (None, 20 * MINUTE, 3 * HOUR):
                if not TERMS.affects(outage, closes_at=CLOSES, length=length):
                    continue
                new = TERMS.extended(CLOSES, at=outage.ends_at, region="", length=length)
                assert new > CLOSES and not TERMS.affects(outage, closes_at=new, length=length)


def test_a_whole_minute_is_kept() -> None:
    assert whole_minute(CLOSES) == CLOSES
    assert whole_minute(CLOSES + datetime.timedelta(microseconds=1)) == CLOSES + MINUTE


def test_the_terms_are_articles_of_the_platforms_own_rule() -> None:
    keys = [key for key in law.book().rules if key.startswith("outage.")]
    assert len(keys) == 10
    for key in keys:
        assert law.cite(key, on=CLOSES.date()).instrument == "平台公告〔2026〕1号"
        assert not law.applies(key, on=datetime.date(2025, 12, 31))


# --- the journal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def well(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What is put into this set fails."""
    world.use(settings, tmp_path)
    settings.YANGCAI_FILES = tmp_path / "files"
    bad: set[str] = set()

    def looking(name: str) -> Any:
        def look() -> None:
            if name in bad:
                raise health.Unwell(name)

        return look

    monkeypatch.setattr(health, "PROBES", {name: looking(name) for name in ("finalise", "store")})
    return bad


def keep(minute: float) -> health.Kept | None:
    return health.keep(now=CLOSES + minute * MINUTE, terms=TERMS)


@pytest.mark.django_db
def test_lines_are_chained_signed_and_in_the_public_log(well: set[str]) -> None:
    keep(0)
    well.add("store")
    keep(1)
    rows = list(HealthLine.objects.order_by("number"))
    assert [(row.number, row.is_good, row.bad) for row in rows] == [(1, True, []), (2, False, ["store"])]
    assert rows[1].previous == rows[0].digest
    said = [bytes(leaf.line) for leaf in Leaf.objects.order_by("pk")]
    kinds = [b'"t":"key"', b'"t":"health_terms"', b'"t":"health"', b'"t":"health"']
    assert len(said) == 4 and all(kind in text for kind, text in zip(kinds, said, strict=True))
    key = log_keys.signer(health_lines.ROLE).verifier
    for row, text in zip(rows, said[2:], strict=True):
        assert text == b"sbp1c " + row.content.encode() + b"\n"
        assert health_lines.read(json.loads(row.content)).is_signed_by([key])


@pytest.mark.django_db
def test_a_line_is_written_when_it_is_due(well: set[str]) -> None:
    assert keep(0) is not None and keep(0.9) is None and keep(1) is not None
    assert HealthLine.objects.count() == 2


@pytest.mark.django_db
def test_a_gap_and_a_failure_are_outages_alike(well: set[str]) -> None:
    keep(0)
    down = keep(20)
    assert down is not None and down.outage is not None
    assert (down.outage.begins_at, down.outage.ends_at, down.outage.bad) == (CLOSES, CLOSES + 20 * MINUTE, [])
    well.add("finalise")
    assert [keep(minute).outage for minute in (21, 22, 24)] == [None, None, None]  # type: ignore[union-attr]
    well.clear()
    back = keep(25)
    assert back is not None and back.outage is not None and back.outage.bad == ["finalise"]
    assert Row.objects.count() == 2


@pytest.mark.django_db
def test_terms_are_declared_again_when_they_change(well: set[str]) -> None:
    keep(0)
    keep(1)
    harsher = Terms(MINUTE, 4 * MINUTE, 2 * HOUR, 2 * HOUR, 9, 17)
    health.keep(now=CLOSES + 2 * MINUTE, terms=harsher)
    declared = Leaf.objects.filter(root=health_terms.KIND).order_by("pk")
    assert [health.terms_in(bytes(leaf.line)) for leaf in declared] == [TERMS, harsher]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "looked", "since", "bad"),
    [
        ([0, 1], 2, None, ()),
        ([0, 1], 6, 1, ()),  # silence
        ([0, 1, (2, "store")], 2, 1, ("store",)),
        ([(0, "store"), (1, "store")], 2, 0, ("store",)),
    ],
)
def test_the_state_is_what_the_last_lines_say(
    well: set[str], minutes: list[Any], looked: float, since: float | None, bad: tuple[str, ...]
) -> None:
    for one in minutes:
        minute, *failing = one if isinstance(one, tuple) else (one,)
        well.clear()
        well.update(failing)
        keep(minute)
    state = health.state(now=CLOSES + looked * MINUTE, terms=TERMS)
    assert state is not None
    assert (state.bad_since, state.bad) == (None if since is None else CLOSES + since * MINUTE, bad)


@pytest.mark.django_db
def test_without_a_journal_there_is_no_state() -> None:
    assert health.state(now=CLOSES, terms=TERMS) is None


# --- the probes ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_probe_passes_on_a_site_that_is_well(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    settings.YANGCAI_FILES = tmp_path / "files"
    assert set(health.PROBES) == {"finalise", "keys", "log", "store"}
    assert health.look() == {"finalise": "", "keys": "", "log": "", "store": ""}
    assert not list((tmp_path / "files").iterdir())


@pytest.mark.django_db
def test_probes_find_what_is_broken(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.use(settings, tmp_path)
    (tmp_path / "files").write_text("a file where the folder should be")
    settings.YANGCAI_FILES = tmp_path / "files"
    log_keys.signer(log_keys.RECEIPT)
    (tmp_path / "keys" / f"{log_keys.RECEIPT}.key").chmod(0o644)
    leaves.append_leaf(body={"t": "x"}, root="case:1", in_clear=True)
    monkeypatch.setattr(sequencer, "MERGE_DELAY", -60)
    found = health.look()
    assert found["finalise"] == "" and found["store"] and "KeyExposed" in found["keys"] and "waited" in found["log"]


@pytest.mark.django_db
def test_a_store_that_is_nearly_full_is_an_alarm_and_no_outage(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no new parts of bids, but their digests: whoever fills it moves no deadline by that."""
    settings.YANGCAI_FILES = tmp_path / "files"
    watching.store_keeps_what_it_must()
    assert "即将存满" not in Client().get(reverse("status")).content.decode()
    assert documents.takes_files(size=1)
    monkeypatch.setattr(room, "KEPT_FREE", 2)
    monkeypatch.setattr(room, "KEPT_FREE_BYTES", 2**80)
    assert not health.look()["store"]
    assert "文件存储即将存满" in Client().get(reverse("status")).content.decode()
    assert (doctor._store().well, doctor._store().needed) == (False, False)
    assert not documents.takes_files(size=1) and not list((tmp_path / "files").iterdir())


@pytest.mark.django_db
def test_a_commit_that_no_standby_confirms_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction waits for a standby that is not there, until the probe has no more patience."""
    monkeypatch.setattr(watching, "PATIENCE", 0.5)

    def with_a_standby_lost(raw: Any) -> None:
        raw.autocommit = True
        name, said = "canceling wait for synchronous replication due to user request", "WARNING"
        raw.execute(f"DO $$ BEGIN RAISE {said} '{name}'; END $$")

    monkeypatch.setattr(watching, "_commit", with_a_standby_lost)
    with pytest.raises(health.Unwell, match="no standby confirmed"):
        watching.commits_are_durable()


def test_the_site_is_looked_at_where_its_address_is_known(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBES", {})
    settings.YANGCAI_PROBE = ""
    watching.look_at_the_site()
    assert health.PROBES == {}
    settings.YANGCAI_PROBE = "http://127.0.0.1:9"  # nobody listens there
    watching.look_at_the_site()
    assert "refused" in health.look()["web"]


@pytest.mark.django_db
def test_a_probe_writes_no_row_and_leaves_no_connection() -> None:
    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    before = connections()
    watching.commits_are_durable()
    assert connections() <= before
