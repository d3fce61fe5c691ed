"""What does the method of a case say about a stage? Everything here is read from the procedure's data."""

import datetime

from yangcai import procedures
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, grounds
from yangcai.procedures import engine
from yangcai.tendering.models import InvitedBy
from yangcai.tendering.solicitations import solicitation


def of(case: Case) -> procedures.Procedure:
    """The method of a case."""
    return procedures.get(case.procedure)


def step_of(case: Case, stage: str) -> procedures.Step:
    """The method's data for a stage. Raises NoSuchStage."""
    return engine.step(procedure=of(case), stage=stage)


def said(case: Case, stage: str, what: str) -> str:
    """The rule that the method names for something in a stage; that on its use where it has no such stage."""
    found = getattr(step_of(case, stage), what) if has(case, stage) else of(case).grounds
    return str(found)


def comes_by(case: Case) -> str:
    """The rule on how suppliers come to this purchase; that on its use where the method has none of its own."""
    return of(case).comes_by or of(case).grounds


def has(case: Case, stage: str) -> bool:
    """Whether the method of a case has this stage."""
    return engine.has(procedure=of(case), stage=stage)


def follows(case: Case, stage: str) -> str:
    """The stage that comes after this one. Raises NoSuchStage, also after the last."""
    found = engine.next_stage(procedure=of(case), stage=stage)
    if found is None:
        raise engine.NoSuchStage(f"nothing follows {stage} in {case.procedure}")
    return str(found)


def judging(case: Case) -> frozenset[str]:
    """The stages in which a committee is at work."""
    return frozenset(str(stage) for stage in engine.judging(procedure=of(case)))


def committee_does(case: Case, stage: str) -> bool:
    """Whether the committee, and not who runs the case, does what this stage is for."""
    return engine.done_by(procedure=of(case), stage=stage) == procedures.By.COMMITTEE


def reads_out(case: Case) -> bool:
    """Whether names and prices are read out at the opening, for everybody."""
    return has(case, Stage.OPENING) and step_of(case, Stage.OPENING).reads_out


def that_read_out() -> list[str]:
    """The codes of the methods whose opening tells everybody names and prices."""
    return [
        code
        for code, one in procedures.PROCEDURES.items()
        if engine.has(procedure=one, stage=Stage.OPENING) and engine.step(procedure=one, stage=Stage.OPENING).reads_out
    ]


def enough(case: Case, stage: str, *, now: datetime.datetime) -> str:
    """The rule on how many suppliers must come through a stage; empty where one is enough, or it has no such stage."""
    if not has(case, stage):
        return ""
    return engine.enough(procedure=of(case), stage=stage, grounds=grounds(case), **applicable(case, now=now))


def fewest(case: Case, stage: str, *, now: datetime.datetime) -> int:
    """How many suppliers must come through a stage, on the grounds of this case; one where it has no such stage."""
    if not has(case, stage):
        return 1
    return engine.fewest(procedure=of(case), stage=stage, grounds=grounds(case), **applicable(case, now=now))


def is_public(case: Case) -> bool:
    """Whether its invitation is a public notice: in an open tender also where the qualified alone may follow it."""
    file = solicitation(case)
    way = None if file is None else file.invited_by
    return way == InvitedBy.NOTICE or (way == InvitedBy.PREQUALIFICATION and InvitedBy.NOTICE in of(case).invites)


def drawn_late(case: Case) -> bool:
    """Whether a rule says that the committee is drawn shortly before it evaluates, not while the file is prepared."""
    committee = of(case).committee
    return committee is not None and bool(committee.draw)


def file_confirmed_by_committee(case: Case) -> str:
    """The rule by which the committee confirms the file before it is published; empty where there is none."""
    committee = of(case).committee
    return committee.confirms if committee is not None else ""
