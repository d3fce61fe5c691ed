"""How is a story of the demo lived through by script? Everybody acts by himself; every step is a line of a table."""

import argparse
import datetime
from typing import Any

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say, tell


def action_named(word: str) -> str:
    """The code of the Action that somebody means, by its code or by either of its titles. Raises Stop."""
    from yangcai.kernel.actions import ACTIONS

    for code, action in ACTIONS.items():
        if word in {code, action.zh, action.en}:
            return code
    raise Stop(zh=f"没有这个办理事项：{word}", en=f"there is no such action: {word}", code=console.USAGE)


def require(name: str) -> None:
    """Before anything is made for it. Raises Stop."""
    from yangcai.demo.stories import PLOTS

    if name not in PLOTS:
        listed = ", ".join(PLOTS)
        raise Stop(zh=f"没有这个剧本：{name}（{listed}）", en=f"no such story: {name} ({listed})", code=console.USAGE)


def run(options: argparse.Namespace, *, name: str, until: str = "") -> int:
    """Live through the story on the sandbox clock; NOT_MET when it stands still before its end."""
    from django.utils import timezone

    from yangcai.demo import living
    from yangcai.demo.acting import Told
    from yangcai.kernel import clock
    from yangcai.kernel.actions import ACTIONS
    from yangcai.www import signed_papers

    require(name)
    last, steps, others = action_named(until) if until else "", list[dict[str, Any]](), list[Told]()
    begun = timezone.localdate(clock.now())

    def told(step: Told) -> None:
        if step.story != story.pk:  # the clock is one for all stories that run: it takes the others on, too
            others.append(step)
            return
        day: datetime.date = timezone.localdate(step.at)
        action = ACTIONS[step.action]
        row = {"at": step.at, "action": step.action, "by": step.by.organisation.name}
        steps.append(row)
        if not options.json:
            title = say(zh=action.zh, en=action.en)
            at = timezone.localtime(step.at)
            number = say(zh=f"第{(day - begun).days + 1}天", en=f"day {(day - begun).days + 1}")
            print(f"✓ {at:%Y-%m-%d %H:%M}  {number}  {title}  {step.by.organisation.name}", flush=True)

    story = living.begin(name, now=clock.now())

    came_to_end = living.play(story, told=told, now=clock.now(), until=last)
    is_over = living.is_over(story)
    if case := living.case_of(story):  # a demo has no worker beside it
        signed_papers.at_once(roots={case.ref}, now=clock.now())
    if others:
        n = len(others)
        zh = f"其间其他正在进行的剧本也办理了 {n} 步"
        tell(options, zh=zh, en=f"meanwhile other stories that run went on, too: {n} steps")
    data = {"story": name, "steps": steps, "is_over": is_over}
    ended = say(zh="走完了", en="over") if is_over else say(zh="停在这里", en="stopped here")
    errors = [] if came_to_end else [say(zh="剧本停住了", en="the story stands still")]
    answer(
        options, data=data, text=say(zh=f"{len(steps)} 步，{ended}", en=f"{len(steps)} steps, {ended}"), errors=errors
    )
    return console.OK if came_to_end else console.NOT_MET
