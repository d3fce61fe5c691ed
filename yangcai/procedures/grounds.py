"""On what grounds may another method than open tender be used, and what does each open and ask for?

The articles stand in law/rules/ground.yaml under the same keys; here stands what follows from them. A method that is
added later needs no change here when its grounds are already named: `methods` are codes, not definitions.
"""

from dataclasses import dataclass

from yangcai import law
from yangcai.law.model import Rule

PREFIX = "ground."
GOODS, WORKS, SERVICES = "goods", "works", "services"
GOODS_SERVICES = (GOODS, SERVICES)

FRAMEWORKS = ("framework", "framework_open")
CALL_OFFS = ("call_off_direct", "call_off_mini_competition", "call_off_rotation")


@dataclass(frozen=True)
class Ground:
    """One ground. Every text but the methods and categories is the key of a rule; empty where nothing follows.

    methods: what it opens. share: the largest share of the original contract that an addition may have. publicity:
    shortest publicity from the open-tender threshold on. papers: what the application must hold beside the usual.
    waives_approval: the rule by which the buyer itself chooses the method. waives_intention: the rule that spares it.
    approved_only: it exists only by way of an approval, that is from the open-tender threshold on. in_catalogue: that
    it is for items of the centralised catalogue, or for none of them; None where the law does not say.
    """

    key: str
    methods: tuple[str, ...]
    categories: tuple[str, ...] = GOODS_SERVICES
    share: str = ""
    publicity: str = ""
    papers: str = ""
    waives_approval: str = ""
    waives_intention: str = ""
    approved_only: bool = False
    in_catalogue: bool | None = None

    @property
    def code(self) -> str:
        """How rows and forms name it: the key without its first word."""
        return self.key.removeprefix(PREFIX)

    @property
    def rule(self) -> Rule:
        return law.rule(self.key)

    @property
    def zh(self) -> str:
        return self.rule.zh

    @property
    def en(self) -> str:
        return self.rule.en


def _emergency(key: str, *methods: str, share: str = "") -> Ground:
    return Ground(
        key,
        methods,
        (GOODS, WORKS, SERVICES),
        share=share,
        waives_approval="emergency.method",
        waives_intention="intention.exempt",
    )


AFTER_TENDER = "method.papers_after_tender"
GROUNDS: dict[str, Ground] = {
    ground.code: ground
    for ground in (
        Ground("ground.restricted_tender.limited_range", ("restricted_tender",)),
        Ground("ground.restricted_tender.out_of_proportion", ("restricted_tender",)),
        Ground("ground.negotiation.failed_tender", ("negotiation",), papers=AFTER_TENDER),
        Ground("ground.negotiation.two_bidders", ("negotiation",), papers=AFTER_TENDER),
        Ground("ground.negotiation.complex", ("negotiation",)),
        Ground("ground.negotiation.urgent", ("negotiation",), waives_intention="intention.exempt"),
        Ground("ground.negotiation.not_calculable", ("negotiation",)),
        Ground("ground.consultation.services", ("consultation",), (SERVICES,)),
        Ground("ground.consultation.complex", ("consultation",)),
        Ground("ground.consultation.not_calculable", ("consultation",)),
        Ground("ground.consultation.research", ("consultation",)),
        Ground("ground.consultation.works", ("consultation",), (WORKS,)),
        Ground("ground.quotations.uniform", ("quotations",), (GOODS,)),
        Ground("ground.single_source.only_one", ("single_source",), publicity="single_source.publicity"),
        Ground("ground.single_source.emergency", ("single_source",), waives_intention="intention.exempt"),
        Ground("ground.single_source.add_on", ("single_source",), share="single_source.add_on"),
        Ground("ground.works.not_tendered", ("negotiation", "single_source"), (WORKS,)),
        Ground(
            "ground.policy",
            ("restricted_tender", "negotiation", "consultation", "quotations", "single_source"),
            approved_only=True,
        ),
        Ground("ground.framework.catalogue", FRAMEWORKS, in_catalogue=True),
        Ground("ground.framework.administration", ("framework",), (SERVICES,), in_catalogue=False),
        Ground("ground.framework.third_party", FRAMEWORKS, (SERVICES,), in_catalogue=False),
        Ground("ground.framework.other", FRAMEWORKS),
        Ground("ground.call_off.entrants", CALL_OFFS),
        Ground("ground.cooperative_innovation.breakthrough", ("cooperative_innovation",)),
        Ground("ground.cooperative_innovation.better_solution", ("cooperative_innovation",)),
        Ground("ground.cooperative_innovation.ministry", ("cooperative_innovation",)),
        Ground("ground.cooperative_innovation.first_purchase", ("first_purchase", "innovative_product")),
        Ground("ground.cooperative_innovation.announced", ("innovative_product",)),
        _emergency("ground.emergency.competitive", "negotiation", "consultation", "quotations"),
        _emergency("ground.emergency.direct", "emergency"),
        _emergency("ground.emergency.addition", "emergency", share="emergency.add_on"),
    )
}


def get(code: str) -> Ground:
    """The ground of that code. Raises KeyError."""
    return GROUNDS[code]


def of_method(code: str) -> tuple[Ground, ...]:
    """The grounds on which a method may be used; none for a method that needs no ground."""
    return tuple(ground for ground in GROUNDS.values() if code in ground.methods)
