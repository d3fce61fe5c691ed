"""How is a text about tenders said in the words of another method? The longest word first, each place once."""

import functools
import re

Words = tuple[tuple[str, str], ...]

#: Names of methods and of ways to evaluate: they mean themselves, whoever speaks.
NAMES = ("公开招标", "邀请招标", "招标投标", "竞争性谈判", "竞争性磋商", "最低评标价法")
NAMES_EN = ("open tender", "open tenders", "restricted tender", "restricted tenders", "failed tender", "tendering")
#: What a method that asks for offers says in English.
OFFERS: Words = (
    ("bid securities", "securities"),
    ("bid security", "security"),
    ("bid deadline", "deadline for offers"),
    ("a bidder", "a supplier"),
    ("bidders", "suppliers"),
    ("bidder", "supplier"),
    ("a bid", "an offer"),
    ("bids", "offers"),
    ("bid", "offer"),
    ("bidding", "making offers"),
    ("tender documents", "procurement documents"),
    ("tender document", "procurement document"),
    ("tender committee", "review committee"),
    ("a tender", "a purchase"),
    ("tenders", "purchases"),
    ("tender", "purchase"),
)

#: What a tender says before its award: by the order of the candidates, and that silence makes the first one the winner.
#: A method whose articles know neither says what they do say in its place.
IN_ORDER = "收到评标报告后按候选人顺序确定；逾期不确定又无合法理由的，视同确定第一候选人"
IN_ORDER_EN = (
    "In the order of the candidates; if time runs out without lawful reason, the first one is deemed the winner"
)

#: What stands above cases of several methods: the words that are wrong for none of them.
OF_ALL: Words = (
    ("投标截止", "截止"),
    ("投标人", "供应商"),
    ("投标响应", "响应内容"),
    ("投标", "提交响应"),
    ("开标", "开启"),
    ("评标委员会", "评审组织"),
    ("评标", "评审"),
    ("招标文件", "采购文件"),
    ("招标公告", "采购公告"),
    ("中标", "成交"),
    ("废标", "采购失败"),
)


def zh(text: str, *, words: Words) -> str:
    """A Chinese text with each word of a tender in its place."""
    return _pattern(words, False).sub(lambda found: dict(words).get(found.group(), found.group()), text)


def en(text: str, *, words: Words) -> str:
    """An English text likewise, whole words only, with the capital that stood there."""
    table = dict(words)

    def own(found: re.Match[str]) -> str:
        was = found.group()
        said = table.get(was.lower(), was)
        return said[0].upper() + said[1:] if was[0].isupper() else said

    return _pattern(words, True).sub(own, text)


@functools.cache
def _pattern(words: Words, english: bool) -> re.Pattern[str]:
    names = [name for name in (NAMES_EN if english else NAMES) if name not in dict(words)]
    every = sorted([*names, *(word for word, _own in words)], key=len, reverse=True)
    either = "|".join(re.escape(word) for word in every)
    # A word within an address, a code or a placeholder is none of ours.
    return (
        re.compile(rf"(?<![\w/.{{(-])(?:{either})(?![\w/)}}-]|\.\w)", re.IGNORECASE) if english else re.compile(either)
    )
