"""Is the log gapless, chained and unchangeable, and does erasing personal data leave it whole?"""

import datetime
import hashlib
import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import factories
from tests.factories import NOW
from yangcai.kernel import entries
from yangcai.kernel.models import Entry, EntryPayload
from yangcai.parties.models import Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db


def write(by: Post, *, number: int = 1, now: datetime.datetime = NOW) -> int:
    return entries.append(
        action="probe.change",
        outcome="done",
        root="organisation:1",
        subject="organisation:1",
        by=by,
        now=now,
        data={"number": number, "姓名": "某人"},
    )


def recomputed(entry: Entry) -> str:
    """The hash by another hand: Python's, from the row as it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT refusals::text FROM kernel_entry WHERE seq = %s", [entry.seq])
        refusals = cursor.fetchone()[0]
    parts = [
        str(entry.seq),
        entry.prev_hash,
        entry.at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        entry.action,
        entry.outcome,
        entry.root,
        entry.subject,
        str(entry.post_id or ""),
        str(entry.person_id or ""),
        entry.role,
        entry.organisation,
        str(entry.organisation_id or ""),
        refusals,
        entry.payload_digest,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def assert_chained() -> int:
    log = list(Entry.objects.order_by("seq"))
    assert [e.seq for e in log] == list(range(len(log)))
    previous = "0" * 64
    for entry in log:
        assert entry.prev_hash == previous
        assert entry.hash == recomputed(entry)
        previous = entry.hash
    return len(log)


def test_the_log_begins_at_nought_and_is_chained() -> None:
    post = factories.make_post(Role.AGENT)
    assert [write(post, number=n) for n in range(5)] == [0, 1, 2, 3, 4]
    assert assert_chained() == 5


def test_the_payload_matches_its_digest() -> None:
    payload = EntryPayload.objects.get(pk=write(factories.make_post(Role.AGENT)))
    text = json.dumps(payload.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256((payload.salt + text).encode()).hexdigest() == payload.entry.payload_digest


@pytest.mark.django_db(transaction=True)
def test_eight_threads_leave_no_gap_and_one_chain() -> None:
    post = factories.make_post(Role.AGENT)
    start = threading.Barrier(8)

    def run() -> None:
        start.wait()
        for number in range(10):
            if number % 3 == 0:  # a rolled-back action takes its place in the log with it
                with transaction.atomic():
                    write(post, number=number)
                    transaction.set_rollback(True)
            write(post, number=number)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert assert_chained() == 80


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE kernel_entry SET action = 'x'",
        "UPDATE kernel_entry SET seq = seq + 1",
        "DELETE FROM kernel_entry",
        "TRUNCATE kernel_entry CASCADE",
        "DELETE FROM kernel_entrypayload",
        "TRUNCATE kernel_entrypayload",
        "UPDATE kernel_entrypayload SET data = '{\"number\": 2}'",
        "UPDATE kernel_entrypayload SET salt = 'x'",
        "UPDATE kernel_entrypayload SET data = '{}', salt = ''",
        "UPDATE kernel_entrypayload SET data = '{\"a\": 1}', salt = '', erased_at = now()",
    ],
)
def test_what_is_written_stays_written(attack: str) -> None:
    write(factories.make_post(Role.AGENT))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            cursor.execute(attack)
    assert error.value.__cause__.diag.constraint_name == "entries_are_never_changed"


def test_an_index_cannot_be_chosen() -> None:
    """The database gives the index and the hash, whatever the statement says."""
    write(factories.make_post(Role.AGENT))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_entry (seq, at, action, outcome, root, subject, role, organisation, refusals,"
            " payload_digest, prev_hash, hash) VALUES (77, now(), 'a', 'done', 'r', 's', '', '', '[]', '', 'x', 'x')"
            " RETURNING seq"
        )
        assert cursor.fetchone()[0] == 1
    assert assert_chained() == 2


def test_erasing_a_payload_leaves_the_chain_valid_and_is_final() -> None:
    seq = write(factories.make_post(Role.AGENT))
    write(factories.make_post(Role.AGENT))
    EntryPayload.objects.filter(pk=seq).update(data={}, salt="", erased_at=timezone.now())
    assert assert_chained() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryPayload.objects.filter(pk=seq).update(erased_at=None)


def test_many_are_written_in_their_order_each_with_its_own_payload() -> None:
    by = factories.make_post(Role.BUYER_OFFICER)
    first = write(by)
    drafts = [
        entries.Draft("probe.change", "done", f"organisation:{n}", f"organisation:{n}", who, NOW, {"number": n})
        for n, who in enumerate([by, None, by])
    ]
    indexes = entries.append_all(drafts)
    assert indexes == [first + 1, first + 2, first + 3]
    assert assert_chained() == first + 4
    for n, index in enumerate(indexes):
        entry = Entry.objects.select_related("payload").get(pk=index)
        assert (entry.root, entry.payload.data) == (f"organisation:{n}", {"number": n})
        assert (entry.post_id, entry.role) == ((None, "public") if n == 1 else (by.pk, by.role))
    assert entries.append_all([]) == []
