"""How many sit on the committee, how many of them experts, and for whom is a place kept?"""

import datetime
from fractions import Fraction
from math import ceil

from yangcai import law, procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.parties.models import LAW

#: The speciality of economists in the library, for whom a method may keep a place, as for lawyers.
ECONOMY = "经济"


def smallest_size(case: Case, *, is_complex: bool, now: datetime.datetime) -> int:
    """Fewest members, from the method's rules: a tender 5, or 7 from 10 million yuan on or when complex or of large
    social impact (87号令 art. 47); a negotiation 3, or 5 at the open-tender threshold, of works where they would
    have to be tendered (74号令 art. 7)."""
    keys, on = composition_of(case), applicable(case, now=now)
    if not keys.size:
        return 1
    larger_from = keys.larger_from(case.category)
    rich = bool(larger_from) and law.applies(larger_from, **on)
    large = (is_complex and keys.large_if_complex) or (rich and case.budget >= law.value(larger_from, **on))
    return law.value(keys.large_size if large and keys.large_size else keys.size, **on)


def fewest_experts(case: Case, *, size: int, now: datetime.datetime) -> int:
    """评审专家不得少于成员总数的三分之二, where the method says so."""
    if not composition_of(case).expert_share:
        return 0
    return ceil(size * Fraction(law.value(composition_of(case).expert_share, **applicable(case, now=now))))


def composition_of(case: Case) -> procedures.Committee:
    """What the method says of its committee. Raises ValueError where it has none: ask `may_be_formed` first."""
    found = procedures.get(case.procedure).committee
    if found is None:
        raise ValueError(f"{case.procedure} has no committee")
    return found


def places_kept(case: Case, *, is_complex: bool, now: datetime.datetime) -> tuple[str, ...]:
    """The specialities for which a place is kept: a lawyer's in a complex negotiation (74号令 art. 7), in cooperative
    innovation an economist's as well (财库〔2024〕13号)."""
    found = composition_of(case)
    if not (is_complex or found.specialists_always):
        return ()
    keys = ((LAW, found.legal), (ECONOMY, found.economic))
    return tuple(word for word, key in keys if key and law.applies(key, **applicable(case, now=now)))
