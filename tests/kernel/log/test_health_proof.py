"""Does an outside person find, by the public log alone, every way in which a journal or an extension is not honest?

The operator has the key: whatever is forged here is signed again, chained again, and stands in a log that is whole.
"""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yangcai.kernel import health_lines
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.health_lines import NONE_BEFORE, Line
from yangcai.kernel.health_terms import Terms
from yangcai.kernel.tlog import note
from yangcai.kernel.verifying import health
from yangcai.kernel.verifying.findings import Evidence, Finding, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.seen import Seen

MINUTE = datetime.timedelta(minutes=1)
TERMS = Terms(MINUTE, 5 * MINUTE, 120 * MINUTE, 120 * MINUTE, 9, 17)
#: 09:30 in Shanghai, a Tuesday.
DEADLINE = datetime.datetime(2026, 3, 24, 1, 30, tzinfo=datetime.UTC)
KEY = note.Signer("ggzy.example/sbp-health", note.ED25519, Ed25519PrivateKey.from_private_bytes(b"h" * 32))
OTHER = note.Signer("ggzy.example/sbp-health", note.ED25519, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
TENDER = "6f1b1f0e-0000-4000-8000-000000000001"
Body = dict[str, Any]


class Told(Log):
    """A log of which only what it tells is looked at; it was cosigned at `seen`."""

    seen: datetime.datetime | None = None

    @property
    def seen_at(self) -> datetime.datetime | None:
        return self.seen


def log_of(bodies: list[Body], *, seen: datetime.datetime | None = None) -> Log:
    nothing: Any = None
    told = Told(
        witnessed=nothing, signed=nothing, lines=(), told=dict(enumerate(bodies)), source=nothing, policy=nothing
    )
    object.__setattr__(told, "seen", seen)
    return told


def minute(n: float) -> datetime.datetime:
    return DEADLINE + n * MINUTE


class Story:
    """The bodies of a log: key, terms, a journal line every four minutes from 06:30 on, what else is put in."""

    def __init__(self, *, key: note.Signer = KEY) -> None:
        self.key = key
        self.bodies: list[Body] = [
            {"t": "key", "role": health_lines.ROLE, "vkey": KEY.verifier.vkey},
            TERMS.as_dict(at=timestamp(minute(-181))),
        ]
        self.last: Line | None = None

    def line(self, n: float, *bad: str) -> "Story":
        self.last = Line(
            number=self.last.number + 1 if self.last else 1,
            at=minute(n),
            looked=("finalise", "store"),
            bad=bad,
            previous=self.last.digest if self.last else NONE_BEFORE,
        ).signed(self.key)
        self.bodies.append(self.last.body)
        return self

    def well(self, begin: int, end: int) -> "Story":
        for n in range(begin, end, 4):
            self.line(n)
        return self.line(end)

    def extension(self, **changes: Any) -> "Story":
        """Of the outage that ended with the last line, as the terms have it."""
        body = {
            "t": "extension", "root": "case:1", "tender": TENDER, "stage": "submission", "lot": "",
            "before": self.last.number - 1, "after": self.last.number, "region": "620171",
            "old": timestamp(DEADLINE), "at": timestamp(self.last.at), "new": timestamp(self.last.at + 120 * MINUTE),
        }  # fmt: skip
        self.bodies.append({**body, **changes})
        return self

    def close(self, n: float, *, rev: int = 1, **changes: Any) -> "Story":
        body = {"t": "close", "tender": TENDER, "rev": rev, "lot": "1", "cover": "ALL", "round": 0}
        self.bodies.append({**body, "deadline": timestamp(minute(n)), **changes})
        return self

    def said(self, body: Body) -> "Story":
        self.bodies.append(body)
        return self

    def verified(self, of: str = "", seen: datetime.datetime | None = None) -> health.Journal:
        return health.verify(log=log_of(self.bodies, seen=seen), of=of)


def calm() -> Story:
    """All was well until the deadline and after it."""
    return Story().well(-180, 4).close(0)


def struck() -> Story:
    """Down from 08:00 to 08:20, extended to 10:20, closed then."""
    return Story().well(-180, -90).line(-70).extension().well(-66, 54).close(50, rev=2)


# --- what is honest --------------------------------------------------------------------------------------------------


def test_a_calm_journal_bears_out_the_close() -> None:
    found = calm().verified(of=TENDER)
    assert (found.outages, found.extensions, len(found.closes)) == ((), (), 1)
    assert found.lines[-1].at == minute(4)


@pytest.mark.parametrize("of", ["", "case:1", TENDER])
def test_an_outage_and_its_extension_are_borne_out(of: str) -> None:
    found = struck().verified(of=of)
    assert [(o.begins_at, o.ends_at) for o in found.outages] == [(minute(-90), minute(-70))]
    assert [(e.old, e.new) for e in found.extensions] == [(DEADLINE, minute(50))]
    assert len(found.closes) == (0 if of == "case:1" else 1)  # a close bears the name of the tender alone


def test_what_failed_counts_like_silence() -> None:
    story = Story().well(-180, -90).line(-86, "store").line(-82, "store").line(-70)
    found = story.extension(before=24).well(-66, 54).close(50).verified()
    assert [o.bad for o in found.outages] == [("store",)] and len(found.extensions) == 1


def test_a_second_outage_extends_what_the_first_had_extended() -> None:
    story = Story().well(-180, -90).line(-70).extension().well(-66, -10).line(40)
    again = story.extension(old=timestamp(minute(50)), new=timestamp(minute(160))).well(44, 164).close(160)
    assert [e.new for e in again.verified().extensions] == [minute(50), minute(160)]


def test_a_round_of_minutes_is_extended_by_its_own_length() -> None:
    story = Story().well(-180, -10).line(10)
    length = {"stage": "final_offer", "lot": "1", "length_s": 1800, "new": timestamp(minute(40))}
    assert len(story.extension(**length).verified().extensions) == 1


def test_nothing_is_promised_of_deadlines_before_the_journal_began() -> None:
    assert Story().well(10, 20).close(0).verified().closes == ()


def test_terms_count_from_their_place_on() -> None:
    """An outage of six minutes is none any more when ten are needed."""
    longer = Terms(MINUTE, 10 * MINUTE, 120 * MINUTE, 120 * MINUTE, 9, 17)
    story = Story().well(-180, -90).said(longer.as_dict(at=timestamp(minute(-90)))).line(-84).well(-80, 4).close(0)
    assert story.verified().outages == ()


def test_lines_of_others_stand_among_those_of_the_journal() -> None:
    story = calm()
    story.bodies[20:20] = [{"t": "notice", "digest": "x"}, {"t": "entry", "at": "no time"}, {"t": "decoy"}]
    assert len(story.verified().closes) == 1


# --- what is not -----------------------------------------------------------------------------------------------------


def without(n: int) -> Callable[[], Story]:
    def forged() -> Story:
        story = calm()
        del story.bodies[n]
        return story

    return forged


def silent_about_a_failure() -> Story:
    """A line says afterwards that nothing had failed; the next one names what it was."""
    story = Story().well(-180, -90).line(-86, "store").line(-82)
    bad = health_lines.read(story.bodies[-2])
    story.bodies[-2] = Line(bad.number, bad.at, bad.looked, (), bad.previous).signed(KEY).body
    return story


def written_afterwards() -> Story:
    """The gap from 08:00 to 09:00 is filled when the platform is back; a line of 09:00 stands there already."""
    story = Story().well(-180, -90)
    story.said({"t": "entry", "at": timestamp(minute(-30)), "action": "x"})
    return story.well(-86, 4).close(0)


def written_in_advance() -> Story:
    """Before the machine is taken down: a bid that came in then stands behind lines that are younger."""
    story = Story().well(-180, -90).well(-86, -30)
    return story.said({"t": "submit", "received_at": timestamp(minute(-80))}).well(-26, 4).close(0)


def two_lines_at_once() -> Story:
    story = Story().well(-180, -90)
    return story.line(-90)


def never_extended() -> Story:
    return Story().well(-180, -90).line(-70).well(-66, 4).close(0)


def down_over_the_deadline() -> Story:
    """Nobody could hand in, and the bids were closed as if they could."""
    return Story().well(-180, -10).line(30).close(0)


def taken_back() -> Story:
    """Told ten minutes after the recovery: the time in between is the bidders' too."""
    told = {"before": 24, "after": 25, "at": timestamp(minute(-60)), "new": timestamp(minute(60))}
    return Story().well(-180, -90).line(-70).well(-66, -60).extension(**told).well(-56, 60).close(55)


def taken_back_before_the_second() -> Story:
    story = Story().well(-180, -90).line(-70).extension().well(-66, -10).line(0)
    return story.extension(new=timestamp(minute(120)))


FORGERIES: dict[str, tuple[Callable[[], Story], type[Finding], str]] = {
    "no journal": (lambda: Story().close(0), NotVerified, "no health journal"),
    "no key was announced": (without(0), NotVerified, "not signed by a key"),
    "no terms were declared": (without(1), NotVerified, "no terms were declared"),
    "another key": (lambda: Story(key=OTHER).well(-180, 4), NotVerified, "not signed by a key"),
    "a line left out": (without(20), Evidence, "line 19 of the journal is missing"),
    "the first line left out": (without(2), Evidence, "line 1 of the journal is missing"),
    "a failure that was none afterwards": (silent_about_a_failure, Evidence, "is missing or was changed"),
    "a gap filled afterwards": (written_afterwards, Evidence, "written afterwards"),
    "a gap filled in advance": (written_in_advance, Evidence, "written in advance"),
    "no younger than the one before": (two_lines_at_once, Evidence, "is not younger"),
    "malformed": (lambda: Story().line(-180).said({"t": "health", "n": 2}), NotVerified, "no line of the journal"),
    "never extended": (never_extended, Evidence, "was not extended"),
    "down over the deadline": (down_over_the_deadline, Evidence, "was not extended"),
    "closed before the journal had spoken": (
        lambda: Story().well(-180, -4).close(0).line(0), Evidence, "came before the journal said"),
    "closed while it failed": (
        lambda: Story().well(-180, -4).line(0, "store").close(0).line(0.5), Evidence, "came before the journal said"),
    "an extension that was taken back": (taken_back, Evidence, "earlier than was extended"),
    "an extension without an outage": (
        lambda: Story().well(-180, -90).extension(), Evidence, "is not in the journal"),
    "an outage to come": (
        lambda: Story().well(-180, -90).extension(before=24, after=25).line(-70), Evidence, "is not in the journal"),
    "an extension of another deadline": (
        lambda: Story().well(-180, -90).line(-70).extension(old=timestamp(minute(600))), Evidence,
        "does not extend that deadline"),
    "a minute too little": (
        lambda: Story().well(-180, -90).line(-70).extension(new=timestamp(minute(49))), Evidence,
        "is not what the terms say"),
    "a minute too much": (
        lambda: Story().well(-180, -90).line(-70).extension(new=timestamp(minute(51))), Evidence,
        "is not what the terms say"),
    "shortened": (
        lambda: Story().well(-180, -90).line(-70).extension(new=timestamp(minute(-10))), Evidence,
        "is not what the terms say"),
    "twice for one outage": (
        lambda: Story().well(-180, -90).line(-70).extension().extension(), Evidence, "is not what the terms say"),
    "brought forward between two": (taken_back_before_the_second, Evidence, "brought forward again"),
    "told before it was over": (
        lambda: Story().well(-180, -90).line(-70).extension(at=timestamp(minute(-80)), new=timestamp(minute(40))),
        Evidence, "does not extend that deadline"),
    "an extension without its times": (
        lambda: Story().well(-180, -90).line(-70).extension(old=None), NotVerified, "no extension"),
    "a close without its deadline": (lambda: calm().close(0, deadline="soon"), NotVerified, "has no deadline"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGERIES)
def test_every_forgery_is_found(what: str) -> None:
    forged, kind, text = FORGERIES[what]
    with pytest.raises(kind, match=text) as found:
        forged().verified()
    assert found.value.exit_code == (2 if kind is Evidence else 1)
    assert found.value.zh and found.value.zh != found.value.en


def test_terms_that_come_after_the_journal_are_none() -> None:
    story = Story().well(-180, 4)
    story.bodies.append(story.bodies.pop(1))
    with pytest.raises(NotVerified, match="no terms were declared before"):
        story.verified()


def test_a_journal_from_the_future_is_found_by_the_witness() -> None:
    assert calm().verified(seen=minute(3)).closes
    with pytest.raises(Evidence, match="younger than the witness"):
        calm().verified(seen=minute(2))


def seen_every(minutes: int, *, until: int, story: Story, late: datetime.timedelta = MINUTE) -> Seen:
    """A witness that cosigned the log each so many minutes, up to `until`, `late` after the last line in it."""
    sizes, times = [], []
    for index, body in enumerate(story.bodies):
        if body["t"] == "health" and health_lines.read(body).number % minutes == 0:
            at = health_lines.read(body).at + late
            if at <= minute(until):
                sizes.append(index + 1)
                times.append(at)
    return Seen(tuple(sizes), tuple(times))


def test_a_witness_bears_out_that_lines_were_written_in_time() -> None:
    story = calm()
    found = health.verify(log=log_of(story.bodies), seen=seen_every(1, until=5, story=story))
    assert found.is_witnessed and len(found.closes) == 1
    assert not health.verify(log=log_of(story.bodies), seen=Seen((), ())).is_witnessed


def test_a_gap_that_was_filled_before_anything_else_is_not_borne_out() -> None:
    """The machine was down from 08:00 to 09:00; when it was back the lines were made up and published together."""
    story = calm()
    size, back = len(story.bodies), minute(-30)
    honest = seen_every(1, until=-89, story=story)
    filled = Seen((*honest.sizes, 40), (*honest.times, back))  # the line of 08:58 was seen at 09:00, all before it too
    whole = Seen((*filled.sizes, size), (*filled.times, minute(5)))
    with pytest.raises(NotVerified, match="no witness saw the journal"):
        health.verify(log=log_of(story.bodies), seen=whole)


def test_a_late_witness_bears_nothing_out() -> None:
    story = calm()
    late = seen_every(1, until=20, story=story, late=10 * MINUTE)
    with pytest.raises(NotVerified) as found:
        health.verify(log=log_of(story.bodies), seen=late)
    assert found.value.exit_code == 1


@pytest.mark.parametrize(("index", "at"), [(0, -180), (3, -180), (4, -176), (9, 0), (10, None)])
def test_what_was_seen_of_a_larger_tree_was_seen_of_a_smaller_one(index: int, at: int | None) -> None:
    seen = Seen((4, 5, 10), (minute(-180), minute(-176), minute(0)))
    assert seen.by(index) == (None if at is None else minute(at))


def test_of_a_case_that_nobody_knows_nothing_is_said() -> None:
    with pytest.raises(NotVerified, match="no deadline of case:9"):
        struck().verified(of="case:9")


def test_other_cases_do_not_stand_in_the_way() -> None:
    """Of one case: what another did not get is no matter."""
    story = struck()
    story.close(0, tender="another")
    assert len(story.verified(of=TENDER).closes) == 1
    with pytest.raises(Evidence, match="was not extended"):
        story.verified()
