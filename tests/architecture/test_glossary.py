"""Is there one word per thing? The glossary's «avoid» column may name no model, Action or address."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from yangcai.kernel.actions import ACTIONS

GLOSSARY = Path(__file__).parents[3] / "shared" / "reference" / "glossary.md"
#: Words that the table lists with a remark, not as a name: `entry (= log)`, `query (= queries.py)`, `project (= budget project)`.
HANZI = re.compile(r"[一-鿿]")


def avoided() -> set[str]:
    words = set()
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if len(cells) == 4 and cells[3] and not set(cells[3]) <= {"-"} and cells[3] != "avoid":
            words |= {w.strip().split(" ")[0] for w in cells[3].split(",")}
    # `entry` is a noun of the design (留痕) and is avoided only for 资金划转; `file` and `filing` are 档案 against 备案.
    return words - {"entry", "file", "record"}


@pytest.fixture(scope="module")
def words() -> set[str]:
    if not GLOSSARY.exists():
        pytest.skip(f"the glossary is not here: {GLOSSARY.name} stands beside the project in shared/reference")
    found = avoided()
    assert {"vendor", "tender doc", "purchaser"} & found or "vendor" in found
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
    parts = {part for code in ACTIONS for part in re.split(r"[._]", code)}
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
    assert segments & (words - {"query", "appeal"}) == set()
