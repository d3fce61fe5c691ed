"""Does every Action say all that the design wants it to say, and does nothing point at what is not there?"""

import ast
import re
import types
import typing
from pathlib import Path

import pytest
from django import forms
from django.db import models

from yangcai import law, procedures, www
from yangcai.kernel.actions import ACTIONS, NOTICES, SCOPES, STANDINGS, Action
from yangcai.kernel.inputs import form_schema
from yangcai.kernel.tasks import PROVIDERS
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.portal import notices
from yangcai.portal.notices.base import TYPES

HANZI = re.compile(r"[一-鿿]")
LONGEST_LIST = 13
EVERY = [pytest.param(a, id=code) for code, a in sorted(ACTIONS.items())]


@pytest.mark.parametrize("action", EVERY)
def test_an_action_is_fully_declared(action: Action) -> None:
    """Code noun.verb, both titles, both sentences with their actor, known roles, a docstring."""
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", action.code)
    assert HANZI.search(action.zh)
    assert action.en and not HANZI.search(action.en)
    assert "{post}" in action.sentence[0] and HANZI.search(action.sentence[0])
    assert "{post}" in action.sentence[1] and not HANZI.search(action.sentence[1])
    assert action.by and action.by <= {r.value for r in Role}
    assert action.doc, "the docstring is the Action's documentation"


@pytest.mark.parametrize("action", EVERY)
def test_what_is_done_on_occasion_ends_nothing(action: Action) -> None:
    """Either word alone keeps it from being offered first; only one of them makes its button red."""
    assert not (action.dangerous and action.occasional)


#: What is taken back before anybody relied on it, and can be done anew at once.
DONE_ANEW = {"experts.withdraw", "same_brand.withdraw"}


def test_what_takes_somebody_out_asks_with_a_red_button() -> None:
    """Whoever leaves, declines a seat, withdraws or gives up a key does not come back by another click."""
    ends = re.compile(r"\.(leave|withdraw|revoke|retire|annul)$|^committee\.decline$")
    found = {action.code for action in ACTIONS.values() if ends.search(action.code)}
    assert found >= {"objection.withdraw", "dialogue.leave", "committee.decline", "signing_key.revoke"} | DONE_ANEW
    assert {code for code in found if not ACTIONS[code].dangerous} == DONE_ANEW


def test_no_page_keeps_a_list_of_what_actions_are() -> None:
    """What an Action is stands where it is declared (`dangerous`, `occasional`): whoever adds one edits no page. The
    longest list that a page needs for itself are the steps of a hall."""
    found = {}
    for path in sorted(Path(www.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Set | ast.Tuple | ast.List):
                codes = [one.value for one in node.elts if isinstance(one, ast.Constant) and one.value in ACTIONS]
                found[f"{path.name}:{node.lineno}"] = len(codes)
    assert max(found.values()) > 1
    assert [place for place, count in found.items() if count > LONGEST_LIST] == []


@pytest.mark.parametrize("action", EVERY)
def test_an_action_points_only_at_what_exists(action: Action) -> None:
    assert action.on in SCOPES, "what is not visible must be 404: declare @scope"
    assert action.on in STANDINGS, "whose is it? declare @standing"
    assert all(code in ACTIONS for code in action.not_same_person_as)
    assert not action.notice or action.notice in NOTICES
    assert not [key for key in action.cites if key not in law.book().rules], "a form cannot show what no rule says"
    assert form_schema(action.input)["type"] == "object"


def test_what_the_law_says_is_done_at_once_is_done_by_actions_that_publish() -> None:
    """A clock that never runs because start and stop are one Action: that Action exists and issues the notice."""
    kept = {code for clock in law.clocks() for code in clock.at_once}
    assert kept >= {"entry.answer", "entrant.leave", "call_off.conclude"}
    assert all(ACTIONS[code].notice for code in kept)


def test_nothing_waits_for_a_method_that_runs() -> None:
    waiting = {one.waits_for for one in (*law.clocks(), *law.book().rules.values())}
    assert not waiting & set(procedures.PROCEDURES)


@pytest.mark.parametrize("action", EVERY)
def test_what_an_action_gives_back_can_be_given_again(action: Action) -> None:
    """A row, counts by name, a secret, or nothing: what a retried request and the API can be answered with."""
    given = typing.get_type_hints(action.body)["return"]
    for kind in typing.get_args(given) if isinstance(given, types.UnionType) else (given,):
        assert typing.get_origin(kind) is dict or issubclass(kind, models.Model | str | types.NoneType), kind


@pytest.mark.parametrize("action", EVERY)
def test_every_field_of_an_input_has_a_chinese_label(action: Action) -> None:
    def labels(form: type[forms.Form]) -> list[tuple[str, str]]:
        found = []
        for name, field in form.base_fields.items():
            found.append((name, str(field.label or "")))
            if hasattr(field, "row"):
                found += labels(field.row)
        return found

    assert [name for name, label in labels(action.input) if not HANZI.search(label)] == []


def test_every_notice_type_is_published_by_an_action() -> None:
    assert set(TYPES) == {a.notice for a in ACTIONS.values() if a.notice}


def test_no_notice_freezes_a_word_of_its_readers_language() -> None:
    """A label goes into the frozen facts by `chinese()`: what `get_…_display()` says depends on who acts."""
    modules = sorted(Path(notices.__file__).parent.glob("*.py"))
    assert len(modules) > len(TYPES) / 2
    found = {m.name: re.findall(r"get_\w+_display|gettext|_\(\"", m.read_text()) for m in modules}
    assert {name: words for name, words in found.items() if words} == {}


def test_roots_tell_what_is_due() -> None:
    """A root without a provider would silently have no worklist."""
    assert {a.on for a in ACTIONS.values()} and PlanItem in PROVIDERS
