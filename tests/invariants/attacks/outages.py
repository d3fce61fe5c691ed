"""Can an outage be written into the journal or out of it, and a deadline be moved by one that was none?"""

from tests.invariants.attacks.sql import Row

#: A line of the journal as it would have to be, but for what is put in.
LINE = (
    "WITH said AS (SELECT {n}::bigint AS n, timestamptz '{at}' AS at, {bad}::text[] AS bad, {prev} AS prev),"
    " written AS (SELECT *, jsonb_build_object('n', n, 'at', at, 'bad', to_jsonb(bad), 'prev', prev)::text AS content"
    " FROM said), leaf AS (SELECT (kernel_append_leaf('health', convert_to(content, 'UTF8'), true)).leaf AS id FROM"
    " written) INSERT INTO kernel_healthline (number, at, is_good, bad, previous, digest, content, leaf_id)"
    " SELECT n, at, {good}, bad, prev, encode(sha256(convert_to(content, 'UTF8')), 'hex'), content, leaf.id"
    " FROM written, leaf;"
)
LAST = "(SELECT digest FROM kernel_healthline ORDER BY number DESC LIMIT 1)"
NEXT = "(SELECT max(number) + 1 FROM kernel_healthline)"


def line(
    n: str = NEXT, at: str = "2026-03-24T03:00:00Z", bad: str = "'{{}}'", prev: str = LAST, good: str = "true"
) -> str:
    return LINE.format(n=n, at=at, bad=bad, prev=prev, good=good)


def outage(before: str = "{well}", after: str = "{again}", begins: str = "{begins}", ends: str = "{ends}") -> str:
    return (
        "INSERT INTO kernel_outage (before_id, after_id, begins_at, ends_at, bad, shortest, protected, relief)"
        f" VALUES ({before}, {after}, '{begins}', '{ends}', '{{{{}}}}', '5 minutes', '2 hours', '2 hours');"
    )


def extension(new: str, *, old: str = "{closes}", at: str = "{now}", outage: str = "{outage}") -> str:
    return (
        "INSERT INTO tendering_outageextension (case_id, stage, outage_id, old_closes_at, new_closes_at, at)"
        f" VALUES ({{case}}, 'submission', {outage}, '{old}', '{new}', '{at}');"
    )


def maintenance(begins: str, ends: str, announced: str = "2026-03-02T01:00:00Z") -> str:
    return (
        "INSERT INTO tendering_maintenance (organisation_id, begins_at, ends_at, what, protected, announced_at)"
        f" VALUES ({{buyer}}, '{begins}', '{ends}', 'x', '2 hours', '{announced}');"
    )


ROWS: tuple[Row, ...] = (
    # --- the journal
    ("struck", "health_journal_only_grows", "a line that is changed",
     "UPDATE kernel_healthline SET is_good = true, bad = '{{}}'"),
    ("struck", "health_journal_only_grows", "a line that is wiped out", "DELETE FROM kernel_healthline"),
    ("struck", "health_journal_only_grows", "the journal that is wiped out",
     "TRUNCATE kernel_healthline, kernel_outage, tendering_outageextension, tendering_extensionreceipt"),
    ("struck", "health_journal_only_grows", "a line in a gap", line(n="2")),
    ("struck", "health_journal_only_grows", "a line without the one before it", line(prev="repeat('0', 64)")),
    ("struck", "health_journal_only_grows", "a line of an earlier time", line(at="2026-03-23T23:45:00Z")),
    ("struck", "health_journal_only_grows", "a line that is in no log",
     "INSERT INTO kernel_healthline SELECT number + 1, at + interval '1 minute', is_good, bad, digest, digest, content,"
     " (SELECT min(id) FROM kernel_leaf) FROM kernel_healthline ORDER BY number DESC LIMIT 1"),
    ("struck", "good_is_what_nothing_failed_in", "a good line in which something failed",
     line(bad="ARRAY['store']")),
    ("struck", "outage_is_in_the_journal", "an outage between lines that were close", outage(before="1", after="2")),
    ("struck", "outage_is_in_the_journal", "an outage that was longer", outage(begins="2026-03-23T12:00:00Z")),
    ("struck", "outage_is_in_the_journal", "an outage with a good line in it",
     outage(before="1", begins="{first}")),
    ("struck", "outage_is_in_the_journal", "an outage that is forgotten", "DELETE FROM kernel_outage"),
    ("struck", "outage_is_in_the_journal", "an outage that was shorter",
     "UPDATE kernel_outage SET ends_at = begins_at + interval '6 minutes'"),
    ("extended", "outage_is_in_the_journal", "an outage that is to be settled again",
     "UPDATE kernel_outage SET settled_at = NULL"),
    # --- the extension
    ("struck", "extension_only_postpones", "an extension that shortens",
     "ALTER TABLE tendering_outageextension DISABLE TRIGGER extension_follows_the_outage;"
     + extension("2026-03-24T01:00:00Z")),
    ("struck", "extension_follows_the_outage", "an extension that shortens", extension("2026-03-24T01:00:00Z")),
    ("struck", "extension_follows_the_outage", "less than the terms promise", extension("2026-03-24T02:19:59Z")),
    ("struck", "extension_follows_the_outage", "another deadline than stands",
     extension("2026-03-24T05:00:00Z", old="2026-03-24T02:00:00Z")),
    ("struck", "extension_follows_the_outage", "before the platform was back",
     extension("2026-03-24T05:00:00Z", at="2026-03-24T00:10:00Z")),
    ("struck", "extended_deadline_stands", "an extension on paper", extension("2026-03-24T02:20:00Z")),
    ("extended", "extension_follows_the_outage", "the same outage for the new deadline",
     extension("2026-03-24T05:00:00Z", old="2026-03-24T02:20:00Z")),
    ("extended", "one_extension_per_outage", "one outage twice",
     "ALTER TABLE tendering_outageextension DISABLE TRIGGER extension_follows_the_outage;"
     + extension("2026-03-24T05:00:00Z")),
    ("extended", "extended_deadline_stands", "the old deadline after all",
     "UPDATE cases_period SET closes_at = '{closes}' WHERE case_id = {case} AND stage = 'submission'"),
    ("extended", "extended_deadline_stands", "no period any more",
     "DELETE FROM cases_period WHERE case_id = {case} AND stage = 'submission'"),
    ("extended", "extended_deadline_stands", "an extension that never was", "DELETE FROM tendering_outageextension"),
    ("extended", "extended_deadline_stands", "an extension that was shorter",
     "UPDATE tendering_outageextension SET new_closes_at = old_closes_at + interval '1 minute'"),
    # --- the opening
    ("struck", "no_opening_before_the_journal", "an opening before the journal has spoken",
     "INSERT INTO tendering_opening (case_id, begun_at, answer) VALUES ({case}, now(), '')"),
    ("overrun", "no_opening_before_the_journal", "an opening instead of the extension",
     "INSERT INTO tendering_opening (case_id, begun_at, answer) VALUES ({case}, now(), '')"),
    # --- maintenance
    ("published", "maintenance_keeps_off_deadlines", "work in the last hour",
     maintenance("2026-03-24T00:30:00Z", "2026-03-24T00:45:00Z")),
    ("published", "maintenance_keeps_off_deadlines", "work over the deadline",
     maintenance("2026-03-23T00:30:00Z", "2026-03-25T00:45:00Z")),
    ("published", "maintenance_keeps_off_deadlines", "work that is put off into it",
     maintenance("2026-03-20T00:30:00Z", "2026-03-20T00:45:00Z")
     + "UPDATE tendering_maintenance SET begins_at = '2026-03-24T00:30:00Z', ends_at = '2026-03-24T00:45:00Z'"),
    ("published", "maintenance_is_announced_beforehand", "work that is announced when it is over",
     maintenance("2026-03-01T00:30:00Z", "2026-03-01T00:45:00Z")),
    ("published", "maintenance_is_announced_beforehand", "work that ends before it begins",
     maintenance("2026-03-20T00:30:00Z", "2026-03-20T00:15:00Z")),
)  # fmt: skip
