"""Which faults must leave nothing lost? The rows of the campaign, each with what its programs must be able to say.

A row is test_fNN_*.py in this folder. `zero` are figures that must be 0, `control` those of the negative control, in
which the protection is taken away: they must not be 0, or the program is blind. Figures are summed over the runs; of
those in seconds the longest is kept.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One fault: what happens, how it is made to happen here, and when it is passed."""

    code: str
    fault: str
    made: str
    passed: str
    figures: tuple[str, ...]
    zero: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    runs: int = 1

    @property
    def files(self) -> str:
        """Where its programs are, as a pattern."""
        return f"test_f{int(self.code[1:]):02}_*.py"


WHOLE = ("lost", "differing", "twice", "torn", "unlogged")

ROWS = (
    Row(
        "F1",
        "a web process dies while a bid comes in, or in the middle of an Action",
        "SIGKILL, an error or a stall of 30 s at every point of an upload and a finalise (SBP/1 appendix C), and of an "
        "award, a contract and a payment: before and after the commit, the outbox, a time stamp, a letter",
        "the same request again has one effect and one receipt; nothing half done is left",
        ("deaths", "acknowledged", "lost", "effects_too_many"),
        zero=("lost", "effects_too_many"),
    ),
    Row(
        "F2",
        "the sequencer of the public log dies, or whoever opens the bids",
        "SIGKILL, an error or a stall of 30 s at every point of a round, where another takes its place too; and of an "
        "opening, from the close to its record, between two envelopes too",
        "the log only grows, never two roots for one size, every line once; the opening goes on from there",
        ("deaths", "acknowledged", "lost", "roots_too_many"),
        zero=("lost", "roots_too_many"),
    ),
    Row(
        "F3",
        "the database dies under load",
        "SIGKILL to the server and all its children while bidders hand in, and again",
        "crash recovery; no receipt without its bid",
        ("killed", "acknowledged", "unanswered", *WHOLE),
        zero=WHOLE,
        runs=3,
    ),
    Row(
        "F4",
        "the primary dies and its standby takes over",
        "the standby stalls (SIGSTOP), then SIGKILL to the primary under load, then promotion",
        "no receipt without its bid; bidders hand in again within 30 s",
        (
            "acknowledged", "while_stalled", "unanswered", "already_in", *WHOLE, "promote_seconds",
            "writes_back_seconds", "control_lost",
        ),
        zero=("while_stalled", *WHOLE),
        control=("control_lost",),
        runs=3,
    ),
    Row(
        "F5",
        "the wait for the standby is cancelled, or its backend ended",
        "the standby stalls; pg_cancel_backend and pg_terminate_backend in the middle of a finalise through HTTP",
        "503 and no receipt; with the standby back the same request gets the receipt, and the standby has the bid",
        (
            "cancelled", "unavailable", "false_receipts", "acknowledged", "already_in", "on_standby", *WHOLE,
            "control_false_receipts",
        ),
        zero=("false_receipts", *WHOLE),
        control=("control_false_receipts",),
    ),
    Row(
        "F6",
        "the standby is gone for ten minutes",
        "it is stopped; more bidders ask than the served site has threads, and the public reads on",
        "no receipt while it is gone; other pages are answered; every receipt afterwards; the deadline is extended",
        (
            "acknowledged", "false_receipts", "unavailable", "pages_read", "page_errors", *WHOLE, "away_seconds",
            "page_p95_seconds", "page_slowest_seconds", "receipts_back_seconds",
        ),
        zero=("false_receipts", "page_errors", *WHOLE),
    ),
    Row(
        "F9",
        "a disk is full: database, its WAL, envelopes, public log, temporary files",
        "each is a small file system, filled to the last byte under load, then enlarged",
        "no false receipt, nothing lost, a clear refusal; near the end nothing new begins and bids still come in",
        (
            "acknowledged", "data_unanswered", "wal_unanswered", "refused_when_nearly_full", "refused_when_full",
            "left_behind", "log_stopped", *WHOLE,
        ),
        zero=("left_behind", *WHOLE),
    ),
    Row(
        "F10",
        "a bit rots in an envelope, or in a page of the database",
        "a byte flipped in each part of stored envelopes, and in a page of the table of bids",
        "found when it is read, never served; mended by the same bytes, or by the standby's copy",
        ("flipped", "served", "mended", "pages_flipped", "acknowledged", "found_by_checksum", *WHOLE),
        zero=("served", *WHOLE),
    ),
    Row(
        "F12",
        "the clock of the web process is wrong",
        "an hour and a day off, both ways (by libfaketime, too), or jumping; just before the deadline and after it",
        "the database's clock decides",
        ("early", "late", "late_taken", "early_refused", *WHOLE),
        zero=("late_taken", "early_refused", *WHOLE),
    ),
    Row(
        "F15",
        "requests are repeated, at once and with another body",
        "fifty times the same key; two statements at one moment; two devices of one supplier",
        "one bid, the same bytes of receipt; another body is refused",
        ("requests", "bids", "receipts_too_many"),
        zero=("receipts_too_many",),
    ),
    Row(
        "F16",
        "the answer is lost after the commit",
        "a proxy swallows it",
        "the client asks again and gets the same receipt",
        ("swallowed", "acknowledged", "differing"),
        zero=("differing",),
    ),
    Row(
        "F17",
        "parts come in any order, twice, damaged, or not at all; the upload goes on a day later",
        "chance, by seed",
        "what is not whole is never VERIFIED; the resumed upload is",
        ("parts", "disordered", "verified_wrongly", "resumed"),
        zero=("verified_wrongly",),
        runs=10,
    ),
    Row(
        "F18",
        "everybody hands in during the last ten seconds, while large uploads run",
        "bidders through HTTP at a served site until past the deadline, uploads of 500 MB beside them",
        "none late, none lost; where nothing else runs: of a hundred the slowest but one within 2 s, pages within 1 s",
        (
            "bidders", "acknowledged", "refused_late", "late_taken", "early_refused", *WHOLE, "finalise_p50_seconds",
            "finalise_p99_seconds", "page_p95_seconds", "uploaded_mb",
        ),
        zero=("late_taken", "early_refused", *WHOLE),
    ),
    Row(
        "F31",
        "a witness is away; the log tells two stories",
        "the witness is stopped for rounds, then back; the database is set back and the log signs another tree",
        "receipts stay valid; the alarm is given; a fork gets no cosignature and is proved by two checkpoints",
        ("acknowledged", "lost", "rounds_without", "alarms", "forks", "forks_cosigned", "forks_proved"),
        zero=("lost", "forks_cosigned"),
    ),
    Row(
        "F32",
        "trustees fail",
        "one, two, three absent; a wrong share; a release before its time; a list with one bid more",
        "SBP/1 §2.8-2.9: enough open, too few wait and nobody reads; what is wrong or early is refused",
        ("openings", "opened", "opened_wrongly", "refused", "taken_wrongly"),
        zero=("opened_wrongly", "taken_wrongly"),
    ),
    Row(
        "F33",
        "the supplier is absent, forgot the passphrase, lost the computer",
        "under each recovery flag, in the browser too; with the copy of the opening file that the platform keeps",
        "auto: opened; consent: opened when consented; never: revoked; a lost computer with its copy costs nothing",
        ("bids", "opened", "revoked", "opened_wrongly", "revoked_wrongly"),
        zero=("opened_wrongly", "revoked_wrongly"),
    ),
    Row(
        "F34",
        "the operator alters what is recorded",
        "as the superuser: bid edited, envelope swapped, row deleted, time moved, late bid inserted; winner, price, "
        "contract and payment changed in rows, notices and papers, with a second story in the log and without",
        "whoever verifies from outside ends with a fault, for each",
        ("drills", "flagged", "unflagged", "untouched_flagged"),
        zero=("unflagged", "untouched_flagged"),
    ),
    Row(
        "F35",
        "the operator uses everything it holds to read a bid before the opening",
        "the whole database, all files, every key of the platform; with the supplier's released shares too",
        "it reads nothing; with the keys of the other trustees the same attempt opens (control)",
        ("attempts", "read", "found_in_dump", "control_read"),
        zero=("read", "found_in_dump"),
        control=("control_read",),
    ),
)  # fmt: skip


def row(code: str) -> Row:
    """Raises KeyError."""
    return {one.code: one for one in ROWS}[code]
