"""Does every Chinese text have its English, and does the tool that says so see what is wrong?"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))

import messages


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small program of its own, with its catalogue."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po")
    templates = tmp_path / "app" / "templates"
    templates.mkdir(parents=True)
    (templates / "page.html").write_text(
        '{% load i18n %}{% translate "我的工作台" %}'
        "{% blocktranslate with n=count %}共 {{ n }} 项{% endblocktranslate %}"
        '{% translate "标" context "bid" %}'
    )
    (tmp_path / "app" / "views.py").write_text(
        'from django.utils.translation import gettext_lazy as _, ngettext\nA = _("采购项目")\n'
        'B = ngettext("%(n)s 份", "%(n)s 份", 2)\n'
    )
    return tmp_path


ENGLISH = {
    "我的工作台": "My desk",
    "共 %(n)s 项": "%(n)s items",
    "标": "bid",
    "采购项目": "case",
    ("%(n)s 份", "%(n)s 份"): ("%(n)s copy", "%(n)s copies"),
}


def translate(english) -> None:
    messages.update()
    catalogue = messages.stored()
    for message in catalogue:
        if message.id:
            message.string = english.get(message.id, message.string)
    messages.CATALOGUE.write_bytes(messages.written(catalogue))


def test_a_translated_program_has_no_fault(source):
    translate(ENGLISH)
    assert messages.complaints() == []


def test_a_new_text_is_missed(source):
    translate(ENGLISH)
    (source / "app" / "more.py").write_text('from django.utils.translation import gettext\ngettext("新")\n')
    assert messages.complaints() == ["app/more.py: no English for 「新」"]
    messages.update()
    assert messages.complaints() == ["app/more.py: no English for 「新」"], "collected is not translated"


def test_an_unused_text_is_named_and_dropped(source):
    translate(ENGLISH)
    (source / "app" / "views.py").unlink()
    assert {line.rpartition("nobody shows ")[2] for line in messages.complaints()} == {
        "「('%(n)s 份', '%(n)s 份')」",
        "「采购项目」",
    }
    messages.update()
    assert messages.complaints() == []


@pytest.mark.parametrize("english", ["items", "%(m)s items", "{n} items"])
def test_other_placeholders_are_named(source, english):
    translate(ENGLISH | {"共 %(n)s 项": english})
    assert len(messages.complaints()) == 1
    assert "other placeholders" in messages.complaints()[0]


def test_updating_changes_nothing_twice_and_keeps_translations(source):
    translate(ENGLISH)
    messages.update()
    once = messages.CATALOGUE.read_bytes()
    messages.update()
    assert messages.CATALOGUE.read_bytes() == once
    assert b"My desk" in once
    assert b"POT-Creation-Date" not in once
    assert b".html:" not in once


def test_the_compiled_catalogue_translates(source):
    import gettext

    translate(ENGLISH)
    messages.compile_catalogues()
    with messages.CATALOGUE.with_suffix(".mo").open("rb") as handle:
        english = gettext.GNUTranslations(handle)
    assert english.gettext("我的工作台") == "My desk"
    assert english.pgettext("bid", "标") == "bid"
    assert english.ngettext("%(n)s 份", "%(n)s 份", 2) == "%(n)s copies"


@pytest.mark.long
def test_every_text_of_yangcai_has_its_english():
    assert messages.complaints() == []
