"""Does an English sentence set a floor price (87号令 art. 12)?"""

import re

from yangcai.planning.quoting import NOTHING, Hit, blanked, hit

#: A sentence of it ends at a full stop, not at the point of a number.
_ENGLISH = re.compile(r"(?:[^.]|\.(?=\d))+")
_FLOOR_WORD = re.compile(
    r"\b(?:(?:price|bid|tender|offer)s? floor|floor (?:price|bid)s?"
    r"|minimum(?: acceptable| permitted| allowable)?(?: bid| tender| offer| offered| quoted)?"
    r" (?:price|bid|offer|quotation)s?"
    r"|lowest (?:acceptable|permitted|allowable|admissible)(?: bid| tender| offer)? (?:price|bid|offer)s?)\b"
    r"(?! (?:score|weight|point|securit|validity))",
    re.IGNORECASE,
)
_OFFERED = r"\b(?:bid|tender|offer|quotation|price)s?\b(?! score| weight| point)"
#: What is counted and is no money: copies of a bid, its pages, the days for which it stands.
_COUNTED = (
    r"(?! ?(?:calendar |working |business )?"
    r"(?:cop(?:y|ies)|original|page|day|week|month|year|hour|minute|set|sample|item|unit|piece|lot|character|word)s?\b)"
)
_AMOUNT = rf"(?:(?:CNY|RMB|yuan|¥|￥)? ?\d[\d,.]*+{_COUNTED}|(?:the )?(?:budget|ceiling|control price|estimate))"
_NOT_LOWER = re.compile(
    rf"{_OFFERED}[^.;]{{0,24}}?(?:(?:must|shall|may|should|can) ?not be (?:lower|less|below|under)"
    r"|(?:not|no) (?:lower|less)"
    rf"|(?:must|shall|should) be (?:at least|higher|more|above|greater)) ?(?:than )?[^.;]{{0,8}}?{_AMOUNT}",
    re.IGNORECASE,
)
_LOWER_IS_INVALID = re.compile(
    rf"{_OFFERED}[^.;]{{0,16}}?(?:below|under|lower than|less than) [^.;]{{0,8}}?{_AMOUNT}[^.;]{{0,24}}?"
    r"(?:reject|invalid|disqualif|not (?:be )?(?:accept|consider))",
    re.IGNORECASE,
)
_NO_FLOOR = re.compile(
    r"\b(?:no|without(?: an?| any)?|not (?:set|use|apply)(?: an?| any)?|neither)\b"
    r"[^.;,]{0,24}?(?:floor|minimum|lowest)[^.;,]{0,24}"
    r"|\b(?:an?|any|the)? ?(?:floor|minimum)[^.;,]{0,16}(?:price|bid)s?[^.;,]{0,12}(?:not|never|forbidden|unlawful)\b",
    re.IGNORECASE,
)
_LAWFUL_LOW = re.compile(
    r"abnormally|average|\bcost|wage|reasonab|score|points|explain|lowest evaluated"
    r"|\b(?:bid|tender|performance) (?:securit|guarantee|bond|deposit)|validity|\bvalid for",
    re.IGNORECASE,
)


def floor_price(sentence: str) -> Hit:
    """The English words of a sentence that set a lowest price; empty without."""
    said = blanked(_NO_FLOOR, sentence)
    for one in _ENGLISH.finditer(said):
        if found := _FLOOR_WORD.search(said, *one.span()):
            return hit(found, sentence=sentence)
        if _LAWFUL_LOW.search(said, *one.span()):
            continue
        for pattern in (_NOT_LOWER, _LOWER_IS_INVALID):
            if found := pattern.search(said, *one.span()):
                return hit(found, sentence=sentence)
    return NOTHING
