"""Is there one word per thing? The glossary's «avoid» column may name no model, Action or address."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from yangcai.kernel.actions import ACTIONS

GLOSSARY = Path(__file__).parents[3] / "shared" / "reference" / "glossary.md"
HANZI = re.compile(r"[一-鿿]")
#: Avoided for one thing and right for another: `entry` is 留痕, `file` is 备案 as a verb, `record` is to write down,
#: and the glossary itself says `competition_review` and `final_offer`.
ALSO_RIGHT = frozenset({"entry", "file", "offer", "record", "review"})
#: Addresses that SBP/1 §2.5 names: clients that others write call them so.
OF_SBP = frozenset({"check"})


def avoided() -> set[str]:
    """The words of the last column, `budget line` as budget_line; remarks in brackets are left out."""
    words = set()
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if len(cells) == 4 and cells[3] and not set(cells[3]) <= {"-"} and cells[3] != "avoid":
            listed = re.sub(r"\([^)]*\)", "", cells[3]).split(",")
            words |= {w.strip().replace(" ", "_") for w in listed if w.strip()}
    return words - ALSO_RIGHT


@pytest.fixture(scope="module")
def words() -> set[str]:
    if not GLOSSARY.exists():
        pytest.skip(f"the glossary is not here: {GLOSSARY.name} stands beside the project in shared/reference")
    found = avoided()
    assert {"vendor", "tender_doc", "purchaser"} <= found
    return found


def test_models_and_fields_use_the_glossary(words: set[str]) -> None:
    ours = [m for m in apps.get_models() if m.__module__.startswith("yangcai.")]
    named = {w for m in ours for w in re.findall(r"[A-Z][a-z]+", m.__name__)}
    assert {n.lower() for n in named} & words == set()


def test_every_model_and_field_has_its_chinese_name() -> None:
    lacking = []
    for model in apps.get_models():
        if not model.__module__.startswith("yangcai."):
            continue
        if not HANZI.search(str(model._meta.verbose_name)):
            lacking.append(model.__name__)
        for field in model._meta.get_fields():
            if (
                field.auto_created
                or not hasattr(field, "verbose_name")
                or field.name in {"id", "last_login", "password"}
            ):
                continue
            if not HANZI.search(str(field.verbose_name)):
                lacking.append(f"{model.__name__}.{field.name}")
    assert lacking == []


def test_actions_use_the_glossary(words: set[str]) -> None:
    parts = {part for code in ACTIONS for part in [*re.split(r"[._]", code), *code.split(".")]}
    assert parts & words == set()


def test_addresses_use_the_glossary(words: set[str]) -> None:
    def walk(resolver: URLResolver, prefix: str = "") -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                found.append(path)
            elif "allauth" not in str(entry.urlconf_name):
                found += walk(entry, path)
        return found

    segments = {s for path in walk(get_resolver()) for s in re.split(r"[/_\-<>:^$()?]", path) if s.isalpha()}
    assert segments & (words - {"query", "appeal", *OF_SBP}) == set()
