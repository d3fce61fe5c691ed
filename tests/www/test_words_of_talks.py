"""Is a talk called on its pages what its method calls it: 谈判, 磋商 or 协商?"""

import pytest

from yangcai import procedures


@pytest.mark.parametrize(
    ("method", "talk", "who"),
    [
        ("negotiation", "谈判", "谈判小组"),
        ("consultation", "磋商", "磋商小组"),
        ("single_source", "协商", "评审小组"),
        ("quotations", "谈判", "询价小组"),
    ],
)
def test_a_talk_has_the_name_that_its_method_gives_it(method: str, talk: str, who: str) -> None:
    say = procedures.get(method).say
    assert say("记录谈判") == f"记录{talk}"
    assert say("评标委员会组长") == f"{who}组长"
    # The name of a method is its name, whoever speaks; a word that stands for all of them is the one.
    assert say("竞争性谈判和竞争性磋商") == "竞争性谈判和竞争性磋商"
    if talk != "谈判":
        assert say("谈判磋商") == say("谈判（磋商、协商）") == talk
