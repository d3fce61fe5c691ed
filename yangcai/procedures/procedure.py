"""What is a method of procurement? Data: its stages, the rules that bind each, its committee and how it awards."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yangcai.procedures import spoken
from yangcai.procedures.grounds import WORKS
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


class By(StrEnum):
    """Who does what a stage asks for: the buyer (or its agent), or the committee."""

    BUYER = "buyer"
    COMMITTEE = "committee"


class Invite(StrEnum):
    """How suppliers come to a purchase (87号令 art. 14; 74号令 art. 12)."""

    NOTICE = "notice"
    LIBRARY = "library"
    RECOMMENDATION = "recommendation"
    NAMED = "named"
    ENTRANTS = "entrants"
    PREQUALIFICATION = "prequalification"
    BIDDERS = "bidders"


@dataclass(frozen=True)
class Continuation:
    """On this ground of the method fewer bidders are enough: the rule that says how many. `only_bidders`: it goes on
    with those who bid in the purchase before, and invites nobody else (74号令 art. 27)."""

    ground: str
    bidders: str
    only_bidders: bool = False


@dataclass(frozen=True)
class Step:
    """One stage of a method. Every text but the titles is the key of a rule; empty where the law says nothing.

    window: shortest time that the stage stays open. notice: notice period. documents: shortest supply of the file.
    correction: how long before the stage's end a change must come. bidders: fewest bidders without whom the stage
    after this one may not begin; continuations: when fewer are enough. decide: longest time for the decision that ends
    the stage. by: who does it. reads_out: names and prices are public from this stage on. examines: whether offers are
    found responsive in it. quotes: whether what is handed in names a price. together: the rule by which a dialogue
    begins with all suppliers at once and a file comes of it, whose first responses have the stage's `window`. zh, en:
    what the method calls the stage, where not as the others do.
    """

    stage: Stage
    window: str = ""
    notice: str = ""
    documents: str = ""
    correction: str = ""
    bidders: str = ""
    continuations: tuple[Continuation, ...] = ()
    decide: str = ""
    by: By = By.BUYER
    reads_out: bool = False
    examines: bool = False
    quotes: bool = True
    together: str = ""
    zh: str = ""
    en: str = ""
    rules: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, str]:
        """Chinese and English name of the stage in this method."""
        return self.zh or self.stage.zh, self.en or self.stage.en

    def rule_keys(self) -> Iterator[str]:
        """Every rule that binds this stage."""
        yield from filter(None, (self.window, self.notice, self.documents, self.correction, self.bidders))
        yield from (continuation.bidders for continuation in self.continuations)
        yield from filter(None, (self.together, self.decide, *self.rules))


@dataclass(frozen=True)
class Committee:
    """Keys of the rules that say how a committee is composed; empty where the method has no such rule.

    draw: how early it may be drawn; without such a rule it is formed while the file is prepared. large_budget: from
    which budget it is larger, large_works: of works; large_if_complex: also when what is bought is complex. legal,
    economic: that one member is a legal (an economic) expert; of a complex purchase only, unless specialists_always.
    confirms: that it confirms the file before that is published. chosen: that the buyer may choose its experts itself,
    with consent; also of its own unit where chosen_own_unit says so.
    """

    size: str = ""
    expert_share: str = ""
    large_size: str = ""
    large_budget: str = ""
    large_works: str = ""
    large_if_complex: bool = False
    draw: str = ""
    legal: str = ""
    economic: str = ""
    specialists_always: bool = False
    confirms: str = ""
    chosen: str = ""
    chosen_own_unit: bool = False
    zh: str = "评标委员会"
    en: str = "tender committee"

    def rule_keys(self) -> Iterator[str]:
        large = (self.large_size, self.large_budget, self.large_works)
        keys = (self.size, self.expert_share, *large, self.draw, self.legal, self.economic, self.confirms, self.chosen)
        yield from filter(None, keys)

    def larger_from(self, category: str) -> str:
        """The key of the budget from which it is larger, by what is bought."""
        return self.large_works if category == WORKS and self.large_works else self.large_budget


@dataclass(frozen=True)
class Procedure:
    """A method of procurement, its steps in order. `grounds` is the rule on when it may be used; `needs_approval` says
    whether the treasury must approve it from the open-tender threshold on. `invites`: how suppliers may come, by
    `invited` (fewest to invite), `pool` (how many times as many to draw from) and `buyer_share` (the most of those
    recommended that the buyer may recommend); `comes_by`: the rule that says so. `instead`: which rule of its own the
    method has in the place of one of the open tender's; an empty one says that the method knows nothing like it.
    `notice`, `result`, `failure`: what its
    notices are called; `words`, `words_en`: its words for those of a tender. `reopens`: on which grounds a signed
    evaluation is taken up again (87号令 art. 64 and 67, 74号令 art. 21, 214号文 art. 32). `below_quota`: only for
    what lies off the catalogue and below the quota limit (the purchase modes of the mall). `spends`: whether its plan
    reserves money and its lots end in awards; a first stage does neither, it ends in a framework agreement.
    `draws_on`: the methods whose agreements it calls off from; such a purchase has no file of its own. `follows`: the
    methods whose accepted contracts it comes after, buying from their suppliers alone. `leads_to`: the rule by which
    such a purchase follows this one, whose highest amount the file then states. `authority`: who has to permit the
    method, whatever the amount. `winners`: to how many suppliers at most one evaluation may give contracts.
    `merit_weight`: smallest weight of technical criteria. `merit_first`: the rule by which they may be scored before
    everything else. `two_covers`: the document may ask for technical part and price in an envelope each, of which the
    price is opened after the technical evaluation. `advance`: smallest advance. `terms`: the usual and the longest term
    of its contracts. `compensates`: its contracts pay a share of costs. `ends`: on what further grounds they end early.
    `weight_consent`: the rule by which the treasury may consent to a weight of price outside `price_weights`.
    `rates_quality`: the rule by which a rated evaluation of this method scores quality alone, in grades, and never the
    price."""

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
    weight_consent: str = ""
    needs_approval: bool = True
    below_quota: bool = False
    spends: bool = True
    draws_on: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    leads_to: str = ""
    authority: str = ""
    winners: str = ""
    merit_weight: str = ""
    merit_first: str = ""
    two_covers: bool = False
    advance: str = ""
    terms: tuple[str, ...] = ()
    compensates: str = ""
    ends: str = ""
    rates_quality: str = ""
    invites: tuple[Invite, ...] = (Invite.NOTICE,)
    invited: str = ""
    pool: str = ""
    buyer_share: str = ""
    comes_by: str = ""
    instead: tuple[tuple[str, str], ...] = ()
    notice: tuple[str, str] = ("招标公告", "invitation to tender")
    result: tuple[str, str] = ("中标结果公告", "award notice")
    failure: tuple[str, str] = ("废标公告", "notice of a failed tender")
    words: tuple[tuple[str, str], ...] = ()
    words_en: tuple[tuple[str, str], ...] = spoken.OFFERS
    reopens: tuple[str, ...] = ("sum", "range", "objective", "abnormal", "committee")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Its stages in order."""
        return tuple(step.stage for step in self.steps)

    @property
    def takes_bids(self) -> bool:
        """Whether anything is handed in by a deadline: a standing call takes requests, a direct choice nothing."""
        return Stage.SUBMISSION in self.stages

    def own(self, key: str) -> str:
        """The method's own rule in the place of a general one; empty where it has none."""
        return dict(self.instead).get(key, key)

    def say(self, zh: str) -> str:
        """A Chinese text about tenders in the words of this method: 中标 becomes 成交."""
        return spoken.zh(zh, words=self.words) if self.words else zh

    def say_en(self, en: str) -> str:
        """An English text about tenders in the words of this method: a bid becomes an offer."""
        return spoken.en(en, words=self.words_en) if self.words else en

    def word(self, text: str, in_chinese: bool) -> str:
        """A text of one language in the words of this method."""
        return self.say(text) if in_chinese else self.say_en(text)

    @property
    def windows(self) -> tuple[str, ...]:
        """The rules on shortest times, whose clocks start with the notice, the file or a correction."""
        keys = [key for step in self.steps for key in (step.window, step.documents, step.correction)]
        return tuple(dict.fromkeys(filter(None, keys)))

    def rule_keys(self) -> tuple[str, ...]:
        """Every rule that the method names, each once."""
        keys = [
            self.grounds,
            self.invited,
            self.pool,
            self.buyer_share,
            self.comes_by,
            self.rates_quality,
            *(key for _, key in self.price_weights),
            self.weight_consent,
        ]
        keys += self.committee.rule_keys() if self.committee else ()
        keys += [self.leads_to, self.authority, self.winners, self.merit_weight, self.advance, *self.terms]
        keys += [self.merit_first, self.compensates, self.ends]
        keys += [key for step in self.steps for key in step.rule_keys()]
        keys += dict(self.instead).values()  # of two for one rule the later holds
        return tuple(dict.fromkeys(filter(None, keys)))
