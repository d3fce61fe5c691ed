"""Does the door over the screens see what a person would miss: a link, a field, a choice, a row?"""

import pytest

from tests.through.filling import NotOnScreen, filled
from tests.through.markup import Form, Page

PAGE = """
<nav><a href="/work/cases/?page=2#x">项目</a></nav>
<form action="/do/"><input type="hidden" name="version" value="7">
  <input name="title" value="旧"><input type="hidden" name="secret" value="1">
  <select name="way"><option value="a" selected>甲</option><option value="b">乙</option></select>
  <label><input type="radio" name="agrees" value="true">同意</label>
  <label><input type="radio" name="agrees" value="false">不同意</label>
  <input type="checkbox" name="domestic" checked><textarea name="why">
理由</textarea>
  <input type="hidden" name="given-0-bid" value="11"><input type="checkbox" name="given-0-passed">
  <input type="hidden" name="given-1-bid" value="12"><input type="checkbox" name="given-1-passed">
  <input name="rows-0-item" value="从前"><input name="closed" disabled>
  <template><input name="rows-__n__-item"><a href="/nowhere/">无</a></template>
  <button>提交</button>
</form>
"""


def form() -> Form:
    found = Page(PAGE).form_to("/do/")
    assert found is not None
    return found


def test_what_nobody_touches_is_sent_as_it_stands() -> None:
    sent = filled(form(), {})
    assert sent["version"] == ["7"] and sent["way"] == ["a"] and sent["domestic"] == ["on"]
    assert sent["why"] == ["理由"] and sent["rows-0-item"] == ["从前"] and "agrees" not in sent and "closed" not in sent


def test_what_a_story_says_is_chosen_written_and_found_by_what_it_is_about() -> None:
    sent = filled(
        form(),
        {
            "way": "b",
            "agrees": False,
            "domestic": False,
            "given": [{"bid": 12, "passed": True}],
            "rows": [{"item": "一"}, {"item": "二"}],
        },
    )
    assert (sent["way"], sent["agrees"]) == (["b"], ["false"]) and not sent.get("domestic")
    assert sent["given-1-passed"] == ["on"] and not sent.get("given-0-passed")
    assert (sent["rows-0-item"], sent["rows-1-item"]) == (["一"], ["二"])


@pytest.mark.parametrize(
    "data",
    [
        {"price": "1.00"},
        {"secret": "2"},
        {"closed": "x"},
        {"way": "c"},
        {"given": [{"bid": 13, "passed": True}]},
        {"rows": [{"price": "1.00"}]},
    ],
)
def test_what_has_no_place_on_the_page_cannot_be_said(data: dict[str, object]) -> None:
    with pytest.raises(NotOnScreen):
        filled(form(), data)


def test_a_link_counts_where_somebody_sees_it() -> None:
    page = Page(PAGE)
    assert page.leads_to("/work/cases/") and page.leads_to("/do/") and not page.leads_to("/nowhere/")
