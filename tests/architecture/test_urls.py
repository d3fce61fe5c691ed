"""Does every address say who may open it, in the words of the project?"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from yangcai.kernel.actions import ACTIONS, SCOPES, STANDINGS
from yangcai.parties.roles import Role
from yangcai.www.nav import BY_ROLE, FOOTER, PUBLIC
from yangcai.www.work import places
from yangcai.www.work.shown import KINDS, OF_CASE
from yangcai.www.work.shown.parties import OF_ORGANISATION

WORDS = {"public", "account", "signed_in", "token"}


def patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address)
        else:
            yield address, entry


ADDRESSES = list(patterns(get_resolver()))


@pytest.mark.parametrize(("address", "entry"), ADDRESSES, ids=[address for address, _entry in ADDRESSES])
def test_every_address_says_who_may_open_it(address: str, entry: URLPattern) -> None:
    by = getattr(entry.callback, "by", None)
    assert by is not None, f"{address} says nothing"
    assert by in WORDS if isinstance(by, str) else by and by <= set(Role), f"{address}: {by}"


def test_every_name_is_given_once() -> None:
    names = [entry.name for _address, entry in ADDRESSES if entry.name]
    assert len(names) == len(set(names))


def test_every_role_has_a_menu() -> None:
    assert set(BY_ROLE) == set(Role)
    named = {entry.name: entry for _address, entry in ADDRESSES}
    for name, _label in (*PUBLIC, *(link for _title, links in FOOTER for link in links)):
        assert named[name].callback.by == "public"
    for role, links in BY_ROLE.items():
        for name, _label in links:
            by = named[name].callback.by
            assert isinstance(by, str) or role in by, f"the menu of {role} leads to {name}, which it may not open"


@pytest.mark.long
@pytest.mark.parametrize("code", sorted(ACTIONS))
def test_every_action_can_be_reached(code: str) -> None:
    """Its row has a scope, a standing, a page on which it is shown, and columns that say what it is."""
    model = ACTIONS[code].on
    assert model in SCOPES and model in STANDINGS
    assert model in KINDS
    roots = [root for root in places.PAGES if model is root or places.path_to(model, root)]
    assert roots, f"{model.__name__} stands on no page"


def test_what_is_shown_has_a_scope() -> None:
    """A kind of row on a page is filtered by who may see it."""
    assert [kind.model.__name__ for kind in (*OF_CASE, *OF_ORGANISATION) if kind.model not in SCOPES] == []
