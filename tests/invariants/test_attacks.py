"""Does the database itself refuse every attack, by the name that the register explains?"""

import re

import pytest
from django.db import Error, connection, transaction
from django.utils import translation

from tests.invariants.attacks import ATTACKS, Attack
from tests.invariants.worlds import WORLDS
from yangcai.controls import register
from yangcai.funds import queries
from yangcai.kernel.refusals import BY_CONSTRAINT


def answer(sql: str) -> str:
    """The constraint that the database names, or what else happened."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            raise AssertionError("it went through")
    except AssertionError as error:
        return str(error)
    except Error as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        return name or f"{type(error).__name__}: {error}"


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("world", sorted(WORLDS))
def test_the_database_refuses(world: str) -> None:
    ids = WORLDS[world]()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the world itself is lawful
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    attacks = [attack for attack in ATTACKS if attack.world == world]
    got = {
        f"{attack.constraint}: {attack.what}": found
        for attack in attacks
        if (found := answer(attack.sql.format(**ids))) != attack.constraint
    }
    assert attacks and got == {}
    assert queries.check_funds() == []


def test_every_registered_name_is_attacked_and_every_attack_is_registered() -> None:
    registered = {constraint.name for constraint in register.all_constraints()}
    assert {attack.constraint for attack in ATTACKS} == registered
    assert len(registered) == len(register.all_constraints())


@pytest.mark.django_db
def test_every_registered_name_stands_in_the_database() -> None:
    """As a constraint, as an index, or as a literal in (the arguments of) a trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'")
        names = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal UNION ALL SELECT prosrc FROM pg_proc WHERE proname LIKE 'controls\\_%'"
        )
        for (source,) in cursor.fetchall():
            names |= set(re.findall(r"'([a-z_]+)'", source))
    assert {c.name for c in register.all_constraints()} - names == set()


@pytest.mark.django_db
def test_no_trigger_of_ours_is_switched_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'")
        assert cursor.fetchall() == []


def test_a_person_reads_a_sentence_with_its_article() -> None:
    for constraint in register.all_constraints():
        refusal = BY_CONSTRAINT[constraint.name]
        assert refusal.citation is not None and refusal.citation.article
        assert re.search("[一-鿿]", refusal.zh) and not re.search("[一-鿿]", refusal.en)
        with translation.override("en"):
            assert refusal.text == constraint.en


def test_attacks_are_told_apart() -> None:
    names = [(a.world, a.constraint, a.what) for a in ATTACKS]
    assert len(set(names)) == len(names)
    assert all(isinstance(a, Attack) and a.world in WORLDS for a in ATTACKS)
