"""What is a method of procurement? Data: its stages, the rules that bind each, its committee and how it awards."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from yangcai.procedures.stages import Stage


class AwardBy(StrEnum):
    """How the winner is found (评标方法)."""

    RATED = "rated"
    LOWEST = "lowest"
    AGREED = "agreed"

    @property
    def zh(self) -> str:
        return {"rated": "综合评分法", "lowest": "最低评标价法", "agreed": "协商定价"}[self.value]

    @property
    def en(self) -> str:
        return {"rated": "Rated criteria", "lowest": "Lowest evaluated price", "agreed": "Agreed price"}[self.value]


@dataclass(frozen=True)
class Step:
    """One stage of a method. Every text but `stage` is the key of a rule; empty where the law says nothing.

    window: shortest time that the stage stays open. notice: notice period. documents: shortest supply of the file.
    correction: how long before the stage's end a change must come. bidders: fewest bidders without whom the stage
    after this one may not begin. decide: longest time for the decision that ends the stage. rules: further ones.
    """

    stage: Stage
    window: str = ""
    notice: str = ""
    documents: str = ""
    correction: str = ""
    bidders: str = ""
    decide: str = ""
    rules: tuple[str, ...] = ()

    def rule_keys(self) -> Iterator[str]:
        """Every rule that binds this stage."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "rules":
                yield from value
            elif field.name != "stage" and value:
                yield value


@dataclass(frozen=True)
class Committee:
    """Keys of the rules that say how a committee is composed; empty where the method has no such rule."""

    size: str
    expert_share: str
    large_size: str = ""
    large_budget: str = ""

    def rule_keys(self) -> Iterator[str]:
        yield from (getattr(self, field.name) for field in fields(self) if getattr(self, field.name))


@dataclass(frozen=True)
class Procedure:
    """A method of procurement. `grounds` is the rule on when it may be used; `needs_approval` says whether the treasury
    must approve it from the open-tender threshold on; `below_quota` that it is only for purchases off the catalogue and
    below the quota limit (the purchase modes of the mall)."""

    code: str
    zh: str
    en: str
    ocds_method: str
    categories: tuple[str, ...]
    grounds: str
    steps: tuple[Step, ...]
    committee: Committee | None
    award_by: tuple[AwardBy, ...]
    price_weights: tuple[tuple[str, str], ...] = ()
    needs_approval: bool = True
    below_quota: bool = False

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Its stages in order."""
        return tuple(step.stage for step in self.steps)

    def rule_keys(self) -> tuple[str, ...]:
        """Every rule that the method names, each once."""
        keys = [self.grounds, *(key for _, key in self.price_weights)]
        keys += self.committee.rule_keys() if self.committee else ()
        keys += [key for step in self.steps for key in step.rule_keys()]
        return tuple(dict.fromkeys(keys))
