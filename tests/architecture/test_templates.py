"""Do templates and style sheets keep to the house rules: strict CSP, tokens, contrast, known classes and icons?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from yangcai.www import icons

ROOT = Path(__file__).resolve().parents[2] / "yangcai"
CSS = ROOT / "www" / "static" / "www" / "css"
TEMPLATES = sorted(path for path in ROOT.rglob("*.html") if "templates" in path.parts)
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")

#: What a strict Content-Security-Policy would block, or what would call somebody else's server.
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "inline handler": re.compile(r"\son[a-z]+\s*="),
    "inline script": re.compile(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))[^>]*>"),
    "foreign address": re.compile(r"(?:src|href|action|poster)\s*=\s*[\"']?(?:https?:)?//"),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "raw colour": re.compile(r"(?:fill|stroke|color|bgcolor)\s*=\s*[\"']#?[0-9a-fA-F]{3,8}[\"']"),
}
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
LIGHT, DARK = 0, 1
TEXT_RATIO, MARK_RATIO = 4.5, 3.0

GROUNDS = ["bg", "surface", "surface-2", "surface-3"]
#: (foreground, background) of texts in use.
TEXT_PAIRS = [
    *[(front, ground) for ground in GROUNDS for front in ("text", "text-2", "link", "danger")],
    *[("text", ground) for ground in ("danger-bg", "warn-bg", "ok-bg", "info-bg")],
    *[(tone, f"{tone}-bg") for tone in ("danger", "warn", "ok", "info")],
    *[(tone, "surface") for tone in ("warn", "ok", "info")],
    *[(front, ground) for ground in ("brand", "brand-strong") for front in ("on-brand", "on-brand-2")],
    *[("on-action", ground) for ground in ("action", "action-hover", "danger-solid")],
    ("on-ok", "ok"),
    *[("text", f"heat-{n}") for n in range(5)],
    *[("on-sandbox", ground) for ground in ("sandbox", "sandbox-2", "paper")],
    *[(ink, ground) for ink in ("ink", "ink-2") for ground in ("paper", "ink-fill")],
]
#: Borders of controls, focus rings and marks of charts.
MARK_PAIRS = [
    *[("line-strong", ground) for ground in ("surface", "surface-2")],
    *[(mark, "surface") for mark in ("action", "danger", "ok", "focus", "chart-hold")],
    *[(f"chart-{n}", "surface") for n in range(1, 6)],
    ("focus", "bg"),
    ("focus-halo", "brand"),
    ("focus-halo", "brand-strong"),
    ("sandbox-line", "sandbox"),
]


def colours() -> dict[str, tuple[str, str]]:
    """Every colour token: (light, dark)."""
    found = {}
    for name, both, light, dark in re.findall(
        r"--([\w-]+):\s*(?:(#[0-9a-f]+)|light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\));", TOKENS
    ):
        found[name] = (both, both) if both else (light, dark)
    return found


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|/\*.*?\*/", "", text, flags=re.DOTALL)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_obeys_the_content_security_policy(path: Path) -> None:
    text = without_comments(path.read_text(encoding="utf-8"))
    breaches = [f"{kind}: {match.group().strip()}" for kind, rule in FORBIDDEN.items() for match in rule.finditer(text)]
    assert breaches == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_post_form_carries_a_token(path: Path) -> None:
    forms = re.findall(
        r"<form\b[^>]*method=[\"']post[\"'].*?</form>", path.read_text(encoding="utf-8"), re.DOTALL | re.I
    )
    assert [form[:80] for form in forms if "{% csrf_token %}" not in form] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_icon_exists(path: Path) -> None:
    for name in re.findall(r"\{% icon \"([^\"]+)\" %\}", path.read_text(encoding="utf-8")):
        assert icons.svg(name).startswith("<svg ")  # KeyError: Lucide has no such drawing


def classes_of(text: str) -> Iterator[str]:
    """The class names that a template writes out; those computed by tags are left aside."""
    for value in re.findall(r"\sclass=\"((?:[^\"{]|\{%.*?%\}|\{\{.*?\}\})*)\"", text):
        # A tag that touches a name makes it a computed one, unless it only wraps it: `{% if big %} big{% endif %}`.
        marked = re.sub(r"\{\{.*?\}\}", "{x}", re.sub(r"\{%.*?%\}", "%", value))
        names = (part.strip("%") for part in marked.split())
        yield from (name for name in names if name and not set(name) & set("%{") and not name.endswith("-"))


def test_no_template_invents_a_class() -> None:
    known = {
        name
        for sheet in CSS.glob("*.css")
        for name in re.findall(r"\.([a-z][\w-]*)", without_comments(sheet.read_text()))
    }
    unknown = {
        (name_of(path), name)
        for path in TEMPLATES
        for name in classes_of(without_comments(path.read_text(encoding="utf-8")))
        if name not in known
    }
    assert sorted(unknown) == []


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_raw_colours_stand_in_the_tokens_only(sheet: Path) -> None:
    found = HEX.findall(without_comments(sheet.read_text(encoding="utf-8")))
    assert found if sheet.name == "tokens.css" else found == []


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_variable_of_a_sheet_is_defined(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[\w-]+):", TOKENS + "".join(path.read_text() for path in CSS.glob("*.css"))))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - defined == set()


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_rule_lies_in_a_layer(sheet: Path) -> None:
    text = without_comments(sheet.read_text(encoding="utf-8"))
    outside = re.sub(r"@layer [\w, ]+;", "", text)
    depth, level_zero = 0, ""
    for char in outside:
        depth += (char == "{") - (char == "}")
        level_zero += char if depth == 0 and char not in "{}" else ""
    assert depth == 0
    assert all(line.startswith("@layer") for line in level_zero.split("\n") if line.strip())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), TEXT_PAIRS)
def test_text_can_be_read(front: str, ground: str, theme: int) -> None:
    tokens = colours()
    assert contrast(tokens[front][theme], tokens[ground][theme]) >= TEXT_RATIO


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_can_be_seen(mark: str, ground: str, theme: int) -> None:
    tokens = colours()
    assert contrast(tokens[mark][theme], tokens[ground][theme]) >= MARK_RATIO


def test_contrast_is_computed_as_in_the_standard() -> None:
    assert round(contrast("#000", "#fff"), 1) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


#: Where a text begins a heading, a name of a column or of a field, and a translation follows at once.
BEGINNINGS = re.compile(
    r"(?:<(?:th|h[1-6]|dt|label|legend|caption|button|summary|option)\b[^>]*>(?:<span class=\"sr\">)?"
    r"|(?:data-label|aria-label)=\")\{% translate \"([^\"]+)\" %\}"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_what_begins_a_heading_begins_with_a_capital_in_english(path: Path) -> None:
    """A word that is lower-case in a sentence goes through `titled` where it stands alone."""
    with translation.override("en"):
        found = {text: translation.gettext(text) for text in BEGINNINGS.findall(path.read_text(encoding="utf-8"))}
    assert {text: said for text, said in found.items() if said[0].islower()} == {}
