"""What do the counterparties of a story do by themselves now, and when will they do something next?"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from yangcai.demo import answers, volunteers
from yangcai.demo.models import Story
from yangcai.demo.scene import Deed, Plot, Scene
from yangcai.demo.stories import PLOTS
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.reading import reading
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post

#: More steps than any purchase of a story has: a story that never rests is an error, not a reason to wait.
MOST = 500


@dataclass(frozen=True)
class Told:
    """What was done by itself: when, by whom, the Action, and in which story."""

    at: datetime.datetime
    by: Post
    action: str
    story: int

    def __str__(self) -> str:
        return ACTIONS[self.action].tell(actor=f"{self.by.organisation.name} {self.by.person.name}")


def plot_of(story: Story) -> Plot:
    return PLOTS[story.name].plot


def deeds(scene: Scene) -> Iterator[Deed]:
    """Everything that somebody of this purchase would do next, now or later."""
    yield from volunteers.deeds(scene)
    yield from answers.deeds(scene)


def advance(story: Story, *, now: datetime.datetime) -> list[Told]:
    """Let everybody but the visitor do what is open to them now, until only the visitor or the clock can go on.

    Nothing happens outside a sandbox, or where the visitor wants to act for everybody. Deterministic: one order, and
    nothing that depends on chance or on the machine's time."""
    return to_rest(story, now=now)[0]


def to_rest(story: Story, *, now: datetime.datetime, until: str = "") -> tuple[list[Told], Deed | None]:
    """As `advance`; and what somebody means to do next, later than now. Nothing is done after the Action `until`."""
    told: list[Told] = []
    if not (settings.YANGCAI_SANDBOX and story.is_automatic):
        return told, next_deed(story, now=now)
    refused: set[tuple[str, str, int]] = set()
    while len(told) < MOST:
        looked_at: list[Deed] = []
        with reading():  # each is asked for its reasons as `perform` would ask: what several rest on is read once
            done = _one(Scene(story, plot_of(story), now=now), refused, looked_at)
        if done is None:
            return told, _next(looked_at, now=now)
        told.append(done)
        if done.action == until:
            return told, None
    raise RuntimeError(f"the story {story} does not come to rest")


def _one(scene: Scene, refused: set[tuple[str, str, int]], looked_at: list[Deed]) -> Told | None:
    """The first thing that is open; what was refused once in this round is not tried again. Where nothing is open,
    everything was `looked_at`."""
    for deed in deeds(scene):
        looked_at.append(deed)
        key = (deed.action, deed.subject.ref, deed.by.pk)
        is_visitors = deed.by.pk == scene.story.post_id and not deed.by_itself
        if key in refused or is_visitors or (deed.at and deed.at > scene.now):
            continue
        action = ACTIONS[deed.action]
        if can(action, deed.subject, by=deed.by, now=scene.now):
            refused.add(key)
            continue
        try:
            outcome = perform(action, deed.subject, by=deed.by, now=scene.now, **deed.data)
            if deed.then:
                deed.then(outcome.value)
        except Refused:
            refused.add(key)
            continue
        return Told(scene.now, deed.by, deed.action, scene.story.pk)
    return None


def next_deed(story: Story, *, now: datetime.datetime) -> Deed | None:
    """What somebody of this story means to do next, if that is later than now."""
    with reading():
        return _next(deeds(Scene(story, plot_of(story), now=now)), now=now)


def _next(found: Iterable[Deed], *, now: datetime.datetime) -> Deed | None:
    later = [deed for deed in found if deed.at and deed.at > now]
    return min(later, key=lambda deed: deed.at or now, default=None)


def turn_of(story: Story, *, now: datetime.datetime) -> Deed | None:
    """What the visitor may do next in this story, by the same order in which everybody else acts."""
    if story.post_id is None:
        return None
    with reading():
        for deed in deeds(Scene(story, plot_of(story), now=now)):
            is_mine = deed.by.pk == story.post_id and not deed.by_itself and not (deed.at and deed.at > now)
            if is_mine and not can(ACTIONS[deed.action], deed.subject, by=deed.by, now=now):
                return deed
    return None
