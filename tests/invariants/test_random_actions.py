"""Do the controls hold when anybody does anything at any time?

Random Actions by random posts at random later moments, over a district whose purchases stand at different stations.
After every step a second hand looks at the rows (support_witness). The steps are taken in rounds; a round depends on
its seed alone, and a failure names it. `YANGCAI_NIGHTLY=1` takes 100,000 steps; `YANGCAI_STEPS` says how many,
`YANGCAI_SEED` the seed of the first round, `YANGCAI_WALKERS` among how many tests the rounds are dealt out.
"""

import dataclasses
import datetime
import gc
import logging
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from tests.invariants import support_district, support_witness
from tests.invariants.support_inputs import Inputs
from tests.length import NIGHTLY
from yangcai.contracts.models import Milestone
from yangcai.funds.models import Appropriation
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, STANDINGS, Action, Done, can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.reading import reading
from yangcai.kernel.refusals import BY_CONSTRAINT, Refusal, Refused
from yangcai.parties.models import Post
from yangcai.planning.models import PlanItem

#: Steps from one fresh district to the next, so that all stations are seen and the calendar does not run out.
ROUND = 250
STEPS = int(os.environ.get("YANGCAI_STEPS") or (100_000 if NIGHTLY else ROUND + 30))
WALKERS = int(os.environ.get("YANGCAI_WALKERS") or 1)
#: A walk ends at the third round that broke something (a short one at the first).
MOST_BROKEN = 3 if NIGHTLY else 1
LAST_DAY = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
#: Nobody waits longer for the next deadline: cases are kept for fifteen years.
LONGEST_WAIT = datetime.timedelta(days=40)
#: Refusals that `can` must have foretold.
FORETOLD = {"role_may_not", "post_expired", "not_yours", "wrong_stage", "same_person", "case_suspended"}
#: What ends a story early is tried seldom, so that stories get far.
SELDOM = {
    "case.terminate", "case.suspend", "lot.declare_unsuccessful", "plan.cancel", "post.end", "post.grant",
    "debarment.record", "contract.terminate", "organisation.register", "intention.withdraw", "award.refuse",
    "award.report_refusal",
    "bid.withdraw", "committee.replace", "token.issue", "token.revoke", "payment.return", "committee.decline",
    "expert.dismiss", "expert.move", "expert_tie.declare", "draw.abandon",
    "prequalification.withdraw",
}  # fmt: skip
#: The public may write to an office at which nobody has an account yet: its administrator grants a post.
ANYBODY_ASKS = {"public_enquiry.answer"}
MODELS = {action.on._meta.model_name: action.on for action in ACTIONS.values()}


class Wanderer:
    """One round: a district, a random generator, and everything that was done so far."""

    def __init__(self, seed: int, posts: list[Post]):
        self.seed, self.posts = seed, posts
        self.chance = random.Random(seed)
        self.inputs = Inputs(self.chance)
        self.now = support_district.MORNING
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.by_constraint: Counter[str] = Counter()
        self.story: list[str] = []
        self.faults: list[str] = []
        self.state = support_witness.State()
        usual = [a for a in ACTIONS.values() if a.code not in SELDOM]
        self.actions = sorted(usual * 8 + [a for a in ACTIONS.values() if a.code in SELDOM], key=lambda a: a.code)

    # --- who does what, when -----------------------------------------------------------------------------------------

    def later(self) -> None:
        """Time goes on by minutes, hours, to the next deadline, or by days; what falls due fires."""
        dice, chance = self.chance.random(), self.chance
        if dice < 0.75:
            ahead = datetime.timedelta(minutes=chance.randint(0, 20))
        elif dice < 0.9:
            ahead = datetime.timedelta(hours=chance.randint(1, 8))
        elif dice < 0.97:
            due = tasks.next_due_at(after=self.now) or self.now
            ahead = due - self.now + datetime.timedelta(seconds=chance.choice([-1, 0, 60]))
        else:
            ahead = datetime.timedelta(days=chance.randint(1, 9))
        self.now = max(self.now, self.now + min(ahead, LONGEST_WAIT))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kernel_sandboxclock SET at = %s", [self.now])
        if tasks.fire_due(now=self.now):
            self.look_at_everything()

    def choose(self) -> tuple[Action, Any, Post, list[Refusal]]:
        """Something that waits to be done, something that is open, or anything at all; and what `can` says of it."""
        with reading():
            dice = self.chance.random()
            found = (dice < 0.45 and self.waiting()) or self.anything(by_its_roles=dice < 0.9)
            for _ in range(3):
                if dice >= 0.9 or self.is_the_time_for(*found[:2]):
                    break
                found = self.anything(by_its_roles=True)
            action, subject, post = found
            return action, subject, post, can(action, subject, by=post, now=self.now)

    def is_the_time_for(self, action: Action, subject: Any) -> bool:
        return not action.at or subject.stage_at(self.now) in action.at

    def waiting(self) -> tuple[Action, Any, Post] | None:
        """One of the open tasks, by one of those on whose desk it lies."""
        found = Task.objects.filter(done_at=None).exclude(action="").order_by("pk").values_list("action", "pk")
        by_action: dict[str, list[int]] = {}
        for code, key in found:
            by_action.setdefault(code, []).append(key)
        if not by_action:
            return None
        # The kind first: ten conduct records that wait must not crowd out the one award.
        task = Task.objects.get(pk=self.chance.choice(by_action[self.chance.choice(sorted(by_action))]))
        label, _colon, pk = task.subject.rpartition(":")
        posts = [
            post
            for post in self.posts
            if post.role == task.role
            and task.organisation_id in (None, post.organisation_id)
            and task.person_id in (None, post.person_id)
        ]
        subject = MODELS[label]._base_manager.filter(pk=pk).first()
        if not posts and task.action in ANYBODY_ASKS:
            return None
        if not posts or subject is None:
            raise AssertionError(f"nobody can do the task {task.action} on {task.subject} for {task.role}")
        return ACTIONS[task.action], subject, self.chance.choice(posts)

    def anything(self, *, by_its_roles: bool) -> tuple[Action, Any, Post]:
        """Any Action on any row of its kind, by a post of the right role (whose business it is, if there is one)."""
        while True:
            action = self.chance.choice(self.actions)
            keys = list(action.on._base_manager.order_by("pk").values_list("pk", flat=True))
            if not keys:
                continue
            subject = action.on._base_manager.get(pk=self.chance.choice(keys))
            posts = [post for post in self.posts if not by_its_roles or post.role in action.by]
            if not posts:
                continue
            self.chance.shuffle(posts)
            own = (post for post in posts if by_its_roles and STANDINGS[action.on](subject, post))
            return action, subject, next(own, posts[0])

    # --- one step and what must be true of it ------------------------------------------------------------------------

    def step(self) -> None:
        self.later()
        if self.now >= LAST_DAY:
            return
        action, subject, post, refusals = self.choose()
        closed = {refusal.code for refusal in refusals}
        data = self.inputs.data(action, subject, by=post, now=self.now)
        self.story.append(f"{self.now:%m-%d %H:%M} {action.code} {subject.ref} {post.role}:{post.pk} {data!r:.600}")
        key = f"key-{len(self.story)}" if self.chance.random() < 0.15 else None
        version = subject.root.version if self.chance.random() < 0.1 else None
        request = {"by": post, "now": self.now, "idempotency_key": key, "expected_version": version, **data}
        self.state.look()
        try:
            done = perform(action, subject, **request)
        except Refused as refused:
            self.was_refused(action, refused, closed=closed)
        else:
            assert not closed, f"can() said {closed}, perform did it"
            self.was_done(action, subject, done, request)
        assert not self.faults, self.faults

    def look_at_everything(self) -> None:
        broken = support_witness.broken()
        assert not broken, broken

    def was_refused(self, action: Action, refused: Refused, *, closed: set[str]) -> None:
        """For the reasons that were foretold, in whole sentences, and without a trace but the Entry."""
        codes = {refusal.code for refusal in refused.refusals}
        if closed:
            assert codes == closed, f"can() said {closed}, perform said {codes}"
        else:
            assert not codes & FORETOLD, f"can() said nothing, perform said {codes}"
        for refusal in refused.refusals:
            assert refusal.zh.strip() and refusal.en.strip(), refusal
            assert "{" not in refusal.zh + refusal.en, f"an unfilled sentence: {refusal}"
        self.refused.update(codes)
        self.by_constraint.update(r.code for r in refused.refusals if r in BY_CONSTRAINT.values())
        before = {table: self.state.rows[table][0] for table in support_witness.LOG}
        noted = any(refusal.citation for refusal in refused.refusals)
        changed = self.state.look()
        assert changed == (support_witness.LOG if noted else set()), f"a refusal changed {changed}"
        for table in changed:
            assert self.state.rows[table][0] == before[table] + 1, f"{table}: a refusal is noted once"

    def was_done(self, action: Action, subject: Any, done: Done, request: dict[str, Any]) -> None:
        """Nothing is broken; asked once more under the same key, it is not done again."""
        self.done[action.code] += 1
        self.look_at_everything()
        if request["idempotency_key"] is None:
            return
        self.state.look()
        again = perform(action, type(subject)._base_manager.get(pk=subject.pk), **request)
        assert dataclasses.replace(again, again=False) == done
        assert not self.state.look(), "a repeated request changed something"


@contextmanager
def faults_of_the_clock(into: list[str]) -> Iterator[None]:
    """What fails while clocks fire is logged and left: here it is a failure."""

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            into.append(self.format(record))

    handler, logger = Keep(), logging.getLogger(tasks.__name__)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def wander(seed: int, steps: int, posts: list[Post]) -> Wanderer:
    """One round of at most so many steps, taken back afterwards; what fails names seed and step."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        one = Wanderer(seed, posts)
        # Who is drawn into a committee would be a chance of its own.
        patch.setattr("yangcai.tendering.draws.secrets", SeededSecrets(one.chance))
        with faults_of_the_clock(one.faults):
            while len(one.story) < steps and one.now < LAST_DAY:
                try:
                    one.step()
                except BaseException as error:
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    again = f"YANGCAI_SEED={seed} YANGCAI_STEPS={len(one.story)}"
                    raise Broken("\n".join([f"{again}: {error!r}", traceback.format_exc(), *one.story[-8:]])) from error
        broken = support_witness.broken_in_the_end()
        if broken:
            raise Broken(f"YANGCAI_SEED={seed}: {broken}")
        transaction.set_rollback(True)
    return one


class Broken(AssertionError):
    """A round that broke something: its seed, its step, and what went before."""


class SeededSecrets:
    """What `secrets` gives, again in the same order."""

    def __init__(self, chance: random.Random):
        self.chance = chance

    def token_hex(self, size: int) -> str:
        return self.chance.randbytes(size).hex()


@pytest.fixture
def first_seed(request: pytest.FixtureRequest) -> int:
    """The same for all walkers of a run: pytest-randomly's, which pytest prints at the start."""
    return int(os.environ.get("YANGCAI_SEED") or request.config.getoption("randomly_seed"))


@pytest.fixture
def posts(settings: Any, transactional_db: None) -> Iterator[list[Post]]:
    """Who may act in the district, which stands ready. Rounds are taken back by real transactions, so that the
    database can clean up behind them; what was read at the start is no concern of the garbage collector."""
    settings.YANGCAI_SANDBOX = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yangcai.tendering.draws.secrets", SeededSecrets(random.Random(0)))
        found = support_district.found()
    support_witness.prepare()
    gc.collect()
    gc.freeze()
    yield found
    gc.unfreeze()


@pytest.mark.long
@pytest.mark.timeout(24 * 3600 if NIGHTLY else 600)
@pytest.mark.parametrize("walker", range(WALKERS))
def test_nothing_that_anybody_does_breaks_a_control(
    walker: int, posts: list[Post], first_seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    share, taken, began, seed = STEPS // WALKERS, 0, time.monotonic(), first_seed + walker
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    constraints: Counter[str] = Counter()
    broken: list[str] = []
    while taken < share:
        try:
            one = wander(seed, min(ROUND, share - taken), posts)
        except Broken as error:
            broken.append(str(error))
            if len(broken) == MOST_BROKEN:
                break
            with capsys.disabled():  # a long walk says it when it happens, and goes on with the next round
                sys.stderr.write(f"walker {walker}: {error}\n")
            seed += WALKERS
            continue
        taken, seed = taken + len(one.story), seed + WALKERS
        done, refused, constraints = done + one.done, refused + one.refused, constraints + one.by_constraint
        if NIGHTLY and taken // 1000 > (taken - len(one.story)) // 1000:
            rate = taken / (time.monotonic() - began)
            with capsys.disabled():
                sys.stderr.write(
                    f"walker {walker}: {taken:,} of {share:,} steps to seed {one.seed}, {rate:.1f} a second,"
                    f" {done.total():,} done, {refused.total():,} reasons to refuse\n"
                )
                sys.stderr.flush()
    sys.stdout.write(
        f"seeds {first_seed + walker} to {seed - WALKERS} by {WALKERS}: {taken} steps, {done.total()} done\n"
        f"done {done.most_common()}\nrefused {refused.most_common()}\nby constraint {constraints.most_common()}\n"
    )
    assert not broken, "\n\n".join(broken)
    assert done.total() > taken / 10, "almost nothing was ever allowed: the walk tests too little"
    assert len(done) > min(60, taken / 20), f"only {sorted(done)} were ever done"


#: What a walk seldom comes to -> on which row of the district it is done, and by whom.
SELDOM_DONE = {
    "compensation.settle": lambda: Milestone.objects.get(
        contract__case__procedure="cooperative_innovation", contract__supplier__name="示例甲公司", due_on="acceptance"
    ),
    "plan.release_unsuccessful_lots": lambda: PlanItem.objects.filter(cases__lots__outcome="unsuccessful").first(),
    "sentence.allow": lambda: Appropriation.objects.order_by("pk").first(),
}


@pytest.mark.long
def test_what_a_careful_clerk_writes_is_taken_and_refused(posts: list[Post]) -> None:
    """Of many tries some are lawful, others are not: neither input is wasted on a form that never passes."""
    for code, found in SELDOM_DONE.items():
        action, subject = ACTIONS[code], found()
        by = next(post for post in posts if post.role in action.by and STANDINGS[action.on](subject, post))
        seen: set[str] = set()
        for seed in range(40):
            data = Inputs(random.Random(seed)).data(action, subject, by=by, now=support_district.MORNING)
            try:
                with transaction.atomic():
                    perform(action, subject, by=by, now=support_district.MORNING, **data)
                    transaction.set_rollback(True)
                seen.add("done")
            except Refused as refused:
                seen |= {refusal.code for refusal in refused.refusals}
        assert "done" in seen and len(seen - {"invalid_input"}) > 1, f"{code}: {seen}"
