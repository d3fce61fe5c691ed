"""Does the menu say where one is, and the foot of the page where one can go?"""

import pytest
from django.utils import translation

from yangcai.kernel.wording import in_words
from yangcai.parties.roles import Role
from yangcai.www import nav, wording


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/work/", "工作台"),
        ("/work/cases/", "采购项目"),
        ("/work/case/7/", "采购项目"),
        ("/work/case/7/timeline/", "采购项目"),
        ("/work/expert/7/", "专家库"),
        ("/work/intention/7/", "采购意向"),
        ("/work/budget/7/", "预算"),
        ("/work/do/case/7/case.suspend/", "工作台"),
    ],
)
def test_one_of_many_stands_under_the_word_of_the_many(path: str, label: str) -> None:
    assert [link.label for link in nav.menu(role=Role.TREASURY, path=path) if link.current] == [label]


def test_who_is_in_is_not_led_to_the_door() -> None:
    door = "/accounts/login/"
    assert door in [link.url for _title, links in nav.footer() for link in links]
    assert door not in [link.url for _title, links in nav.footer(is_in=True) for link in links]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", [None, *Role])
def test_the_menu_says_the_same_whatever_the_page_speaks_of(role: str | None, language: str) -> None:
    """A consultation has other words than a tender; what stands above both has none of theirs."""
    with translation.override(language):
        plain = nav.menu(role=role, path="/"), nav.footer()
        for say in (wording.of_method("consultation"), wording.of_all(["consultation", "open_tender"])):
            assert say is not None
            with in_words(say):
                assert (nav.menu(role=role, path="/"), nav.footer()) == plain


def test_a_list_has_a_plural_in_english() -> None:
    """Chinese has one word for one and for many; the menu leads to many."""
    with translation.override("en"):
        labels = [link.label for link in nav.menu(role=Role.TREASURY, path="/")]
    assert {"Intentions", "Plans", "Trustees", "Cases", "Organisations"} <= set(labels)
    assert "采购意向" in [link.label for link in nav.menu(role=Role.TREASURY, path="/")]
