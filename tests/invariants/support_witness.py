"""What must be true of the rows whatever anybody did? A second hand that knows SQL and none of the rules."""

import hashlib

from django.apps import apps
from django.db import connection

from yangcai.funds.queries import check_funds

#: What must hold -> a query for the rows that break it.
BROKEN = {
    "no fund is negative": "SELECT id FROM funds_fund WHERE balance < 0",
    "a plan has one live case": "SELECT plan_item_id FROM cases_case WHERE ended_at IS NULL GROUP BY 1"
    " HAVING count(*) > 1",
    "the lots stay within the case": "SELECT c.id FROM cases_case c JOIN cases_lot l ON l.case_id = c.id"
    " GROUP BY c.id HAVING sum(l.budget) > c.budget",
    "a published case is reserved for": "SELECT c.id FROM cases_case c JOIN planning_planitem p"
    " ON p.id = c.plan_item_id JOIN funds_fund f ON f.id = p.reserved_fund_id"
    " WHERE c.published_at IS NOT NULL AND c.ended_at IS NULL AND f.balance < (SELECT coalesce(sum(l.budget), 0)"
    " FROM cases_lot l WHERE l.case_id = c.id AND l.outcome NOT IN ('unsuccessful', 'terminated') AND NOT EXISTS"
    " (SELECT FROM contracts_contract k JOIN cases_award a ON a.id = k.award_id WHERE a.lot_id = l.id"
    " AND (k.terminated_at IS NULL OR k.signed_at IS NOT NULL)))",
    "a contract has the award of its case and supplier": "SELECT k.id FROM contracts_contract k"
    " LEFT JOIN (cases_award a JOIN cases_lot l ON l.id = a.lot_id) ON a.id = k.award_id"
    " WHERE a.id IS NULL OR a.supplier_id <> k.supplier_id OR l.case_id <> k.case_id",
    "an award has the candidate of a published case": "SELECT a.id FROM cases_award a JOIN cases_candidate n"
    " ON n.id = a.candidate_id JOIN cases_lot l ON l.id = a.lot_id JOIN cases_case c ON c.id = l.case_id"
    " WHERE n.lot_id <> a.lot_id OR n.supplier_id <> a.supplier_id OR c.published_at IS NULL",
    "a lot has one standing award": "SELECT lot_id FROM cases_award WHERE refused_at IS NULL GROUP BY 1"
    " HAVING count(*) > 1",
    "a refused award has no running signed contract": "SELECT a.id FROM cases_award a JOIN contracts_contract k"
    " ON k.award_id = a.id WHERE a.refused_at IS NOT NULL AND k.signed_at IS NOT NULL AND k.terminated_at IS NULL",
    "a contract is worth its award and its supplements": "SELECT k.id FROM contracts_contract k JOIN cases_award a"
    " ON a.id = k.award_id WHERE k.amount > a.amount + coalesce((SELECT sum(m.amount_change)"
    " FROM contracts_amendment m WHERE m.contract_id = k.id AND m.is_supplement), 0)",
    "supplements stay within a tenth": "SELECT k.id FROM contracts_contract k JOIN cases_award a ON a.id = k.award_id"
    " WHERE 10 * (SELECT coalesce(sum(m.amount_change), 0) FROM contracts_amendment m WHERE m.contract_id = k.id)"
    " > a.amount",
    "committed and paid stay within the contract": "SELECT k.id FROM contracts_contract k JOIN funds_fund c"
    " ON c.id = k.committed_fund_id JOIN funds_fund p ON p.id = k.paid_fund_id WHERE c.balance + p.balance > k.amount",
    "a running contract is funded": "SELECT k.id FROM contracts_contract k JOIN funds_fund c"
    " ON c.id = k.committed_fund_id JOIN funds_fund p ON p.id = k.paid_fund_id"
    " WHERE k.terminated_at IS NULL AND k.closed_at IS NULL AND c.balance + p.balance < k.amount",
    "an ended contract holds no money": "SELECT k.id FROM contracts_contract k JOIN funds_fund c"
    " ON c.id = k.committed_fund_id WHERE (k.terminated_at IS NOT NULL OR k.closed_at IS NOT NULL) AND c.balance > 0",
    "money is paid on a signed, published, filed contract": "SELECT t.id FROM funds_transfer t"
    " LEFT JOIN contracts_paymentrequest r ON t.ground = 'paymentrequest:' || r.id"
    " LEFT JOIN contracts_contract k ON k.id = r.contract_id AND k.paid_fund_id = t.target_id WHERE t.kind = 'pay'"
    " AND (k.signed_at <= t.at AND k.published_at <= t.at AND k.filed_at <= t.at AND r.approved_at <= t.at"
    " AND r.returned_at IS NULL AND r.amount = t.amount) IS NOT TRUE",
    "what is paid was moved": "SELECT r.id FROM contracts_paymentrequest r WHERE r.paid_at IS NOT NULL AND NOT EXISTS"
    " (SELECT FROM funds_transfer t WHERE t.kind = 'pay' AND t.ground = 'paymentrequest:' || r.id)",
    "a milestone is not paid beyond its amount": "SELECT m.id FROM contracts_milestone m"
    " JOIN contracts_paymentrequest r ON r.milestone_id = m.id WHERE r.paid_at IS NOT NULL GROUP BY m.id"
    " HAVING sum(r.amount) > m.amount",
    "what falls due on acceptance is paid after one": "SELECT r.id FROM contracts_paymentrequest r"
    " JOIN contracts_milestone m ON m.id = r.milestone_id WHERE r.paid_at IS NOT NULL AND m.due_on = 'acceptance'"
    " AND NOT EXISTS (SELECT FROM contracts_amendment s WHERE s.settles_id = m.id AND s.published_at IS NOT NULL"
    " AND s.settled_amount >= r.amount)"
    " AND NOT EXISTS (SELECT FROM contracts_acceptance x WHERE x.contract_id = r.contract_id AND x.passed"
    " AND (x.is_final OR x.milestone_id = m.id) AND x.at <= r.paid_at)",
    "who approves a payment does not pay it": "SELECT a.seq FROM kernel_entry a JOIN kernel_entry p"
    " ON p.subject = a.subject AND p.person_id = a.person_id WHERE a.action = 'payment.approve'"
    " AND p.action = 'payment.pay' AND a.outcome = 'done' AND p.outcome = 'done'",
    "the milestones stay within the contract": "SELECT k.id FROM contracts_contract k JOIN contracts_milestone m"
    " ON m.contract_id = k.id GROUP BY k.id HAVING sum(m.amount) > k.amount",
    "a closed contract has its own passed final acceptance": "SELECT k.id FROM contracts_contract k"
    " LEFT JOIN contracts_acceptance x ON x.id = k.closing_acceptance_id AND x.contract_id = k.id AND x.passed"
    " AND x.is_final WHERE k.closed_at IS NOT NULL AND x.id IS NULL",
    "bids come in before the deadline": "SELECT b.id FROM tendering_bid b JOIN cases_lot l ON l.id = b.lot_id"
    " WHERE b.received_at >= (SELECT max(coalesce(closes_at, 'infinity')) FROM cases_period p"
    " WHERE p.case_id = l.case_id AND p.stage = b.stage AND coalesce(p.lot_id, l.id) = l.id)",
    "bids are opened after it": "SELECT o.id FROM tendering_openedbid o JOIN cases_lot l ON l.id = o.lot_id"
    " WHERE o.opened_at < (SELECT max(closes_at) FROM cases_period p WHERE p.case_id = l.case_id"
    " AND p.stage = 'submission')",
    "periods do not overlap": "SELECT p.id FROM cases_period p JOIN cases_period q ON q.case_id = p.case_id"
    " AND q.id > p.id AND q.lot_id IS NOT DISTINCT FROM p.lot_id"
    " AND tstzrange(p.opens_at, p.closes_at) && tstzrange(q.opens_at, q.closes_at)",
    "nothing runs in a case that is over": "SELECT p.id FROM cases_period p JOIN cases_case c ON c.id = p.case_id"
    " WHERE c.ended_at IS NOT NULL AND coalesce(p.closes_at, 'infinity') > c.ended_at",
    "a case that is over holds no reservation": "SELECT c.id FROM cases_case c JOIN planning_planitem p"
    " ON p.id = c.plan_item_id JOIN funds_fund f ON f.id = p.reserved_fund_id WHERE c.end_kind = 'closed'"
    " AND f.balance > 0 AND NOT EXISTS (SELECT FROM cases_case d WHERE d.plan_item_id = p.id AND d.id <> c.id)",
    "a balance is what its transfers say": "SELECT f.id FROM funds_fund f LEFT JOIN (SELECT target_id AS id, amount"
    " FROM funds_transfer UNION ALL SELECT source_id, -amount FROM funds_transfer) t ON t.id = f.id"
    " GROUP BY f.id HAVING f.balance <> coalesce(sum(t.amount), 0)",
    "what was appropriated is all there": "SELECT min(id) FROM funds_fund HAVING sum(balance)"
    " <> (SELECT coalesce(sum(amount), 0) FROM funds_transfer WHERE kind = 'appropriate')",
    "no money is without a parent": "SELECT id FROM funds_fund WHERE (parent_id IS NULL) <> (bucket = 'available')",
    "the log is gapless": "SELECT max(seq) FROM kernel_entry HAVING max(seq) + 1 <> count(*)",
}
#: What can be looked at once, when all is over: the log, to which rows are only added.
BROKEN_LOG = {
    "the log is chained": "SELECT seq FROM (SELECT seq, prev_hash, lag(hash) OVER (ORDER BY seq) AS before"
    " FROM kernel_entry) e WHERE seq > 0 AND prev_hash IS DISTINCT FROM before",
    "every entry keeps its payload": "SELECT seq FROM kernel_entry e LEFT JOIN kernel_entrypayload p"
    " ON p.entry_id = e.seq WHERE p.entry_id IS NULL",
    "every entry has its line in the public log": "SELECT seq FROM kernel_entry e LEFT JOIN kernel_leaf l"
    " ON l.entry_id = e.seq WHERE l.id IS NULL",
}
#: What refusing may add: the Entry of a refusal on a legal ground, with its line in the public
#: log. The clock is moved by the test itself.
LOG = frozenset({"kernel_entry", "kernel_entrypayload", "kernel_leaf", "kernel_leafsecret"})
CLOCK = "kernel_sandboxclock"


def _looking_for(queries: dict[str, str]) -> str:
    return " UNION ALL ".join(
        f"SELECT '{what}', min(id)::text, count(*) FROM ({query}) broken (id) HAVING count(*) > 0"
        for what, query in queries.items()
    )


def _tables() -> list[str]:
    found = {m._meta.db_table for m in apps.get_models(include_auto_created=True)} - {CLOCK}
    return sorted(table for table in found if not table.startswith(("auth_", "django_")))


def prepare() -> None:
    """Have the database plan once what it is asked after every step. For this connection."""
    oids = ", ".join(f"('{table}', '{table}'::regclass::oid)" for table in _tables())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name IN ('broken', 'writes')")
        for (own,) in cursor.fetchall():  # the platform keeps others on this connection
            cursor.execute(f"DEALLOCATE {own}")
        cursor.execute("SET jit = off")
        cursor.execute(f"PREPARE broken AS {_looking_for(BROKEN)}")
        cursor.execute(
            "PREPARE writes AS SELECT name, pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)"
            f" FROM (VALUES {oids}) t (name, oid)"
        )


def broken() -> list[str]:
    """Every sentence that is not true now, with the first row that breaks it."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE broken")
        return [f"{what}: {first} ({count})" for what, first, count in cursor.fetchall()]


def broken_in_the_end() -> list[str]:
    """The same of what only grows, and what the platform's own second witness says."""
    with connection.cursor() as cursor:
        cursor.execute(_looking_for(BROKEN_LOG))
        found = [f"{what}: {first} ({count})" for what, first, count in cursor.fetchall()]
    found += [f"entry {seq} is not what its hash says" for seq in broken_hashes()]
    return found + [f"a balance is not what its transfers say: {difference}" for difference in check_funds()]


def broken_hashes() -> list[int]:
    """Entries whose hash is not that of their columns, and payloads that are not what the Entry digested."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, prev_hash, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), action,"
            " outcome, root, subject, post_id, person_id, role, organisation, organisation_id, refusals::text,"
            " payload_digest, hash FROM kernel_entry ORDER BY seq"
        )
        rows = cursor.fetchall()
    return [
        row[0]
        for row in rows
        if hashlib.sha256("\n".join("" if v is None else str(v) for v in row[:-1]).encode()).hexdigest() != row[-1]
    ]


class State:
    """Table -> number of rows and a digest of them all; of the log only the number, for a trigger keeps its rows.

    A table is read again when this transaction has written to it since, be it in what was taken back.
    """

    def __init__(self) -> None:
        self.writes: dict[str, int] = {}
        self.rows: dict[str, tuple[int, int]] = {}
        self.look()

    def look(self) -> frozenset[str]:
        """Read what may have changed since the last look; returns the tables that did change."""
        with connection.cursor() as cursor:
            cursor.execute("EXECUTE writes")
            writes = dict(cursor.fetchall())
            stale = [table for table, count in writes.items() if self.writes.get(table) != count]
            self.writes = writes
            if not stale:
                return frozenset()
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT '{table}', count(*), {self._digest(table)} FROM {table} t" for table in stale
                )
            )
            found = {table: (rows, int(digest)) for table, rows, digest in cursor.fetchall()}
        changed = frozenset(table for table in found if self.rows.get(table) != found[table])
        self.rows |= found
        return changed

    @staticmethod
    def _digest(table: str) -> str:
        return "0" if table in LOG else "coalesce(sum(hashtextextended(t::text, 0)), 0)"
