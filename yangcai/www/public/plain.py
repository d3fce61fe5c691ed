"""What does a notice say in one plain sentence? From its frozen facts alone, for whoever reads no official layouts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from yangcai.portal.models import Notice
from yangcai.www import formats

#: So many characters of somebody's own words.
EXCERPT = 60


def sentence(notice: Notice) -> str:
    """The sentence; empty for a type that says all of it in its title."""
    told = _SENTENCES.get(notice.kind)
    return told(notice.facts) if told else ""


def excerpt(text: Any) -> str:
    """The beginning of a text, on one line."""
    return Truncator(" ".join(str(text or "").split())).chars(EXCERPT)


def _yuan(value: Any) -> str:
    return formats.yuan(Decimal(value)) if value else ""


def _needs(facts: dict[str, Any]) -> str:
    """What is wanted and how much of it; nothing where the document says no more than the title."""
    requirement = str(facts.get("requirement") or "")
    if not requirement or requirement in str(facts.get("title") or ""):
        return ""
    return "，".join(part for part in (excerpt(requirement), excerpt(facts.get("quantity"))) if part)


def _invitation(facts: dict[str, Any]) -> str:
    return _("要买：%(what)s") % {"what": _needs(facts)} if _needs(facts) else ""


def _intention(facts: dict[str, Any]) -> str:
    return _("打算在 %(on)s 前后采购：%(what)s") % {
        "on": facts.get("expected_on", ""),
        "what": excerpt(facts.get("overview")),
    }


def _award(facts: dict[str, Any]) -> str:
    return _("%(who)s中选，金额 %(amount)s") % {"who": facts.get("winner", ""), "amount": _yuan(facts.get("amount"))}


def _contract(facts: dict[str, Any]) -> str:
    return _("与%(who)s签订合同，金额 %(amount)s") % {
        "who": facts.get("supplier", ""),
        "amount": _yuan(facts.get("amount")),
    }


def _correction(facts: dict[str, Any]) -> str:
    return _("更正“%(item)s”：%(after)s") % {"item": facts.get("item", ""), "after": excerpt(facts.get("after"))}


def _reason(facts: dict[str, Any]) -> str:
    return _("原因：%(reason)s") % {"reason": excerpt(facts.get("reason"))} if facts.get("reason") else ""


def _fallen(facts: dict[str, Any]) -> str:
    return _("%(who)s 的中选结果不再有效：%(why)s") % {"who": facts.get("supplier", ""), "why": facts.get("ground", "")}


def _acceptance(facts: dict[str, Any]) -> str:
    word = _("验收合格") if facts.get("passed") else _("验收不合格")
    return _("%(who)s 履约：%(word)s") % {"who": facts.get("supplier", ""), "word": word}


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "invitation": _invitation,
    "prequalification": _invitation,
    "intention": _intention,
    "award": _award,
    "award_change": _fallen,
    "contract": _contract,
    "correction": _correction,
    "termination": _reason,
    "unsuccessful": _reason,
    "suspension": _reason,
    "acceptance": _acceptance,
}
