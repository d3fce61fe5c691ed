"""Does an article come about by two pairs of eyes, stay what it was, and never carry anything into a page?"""

import datetime
import re

import pytest

from tests.factories import NOW, make_organisation, make_post
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.portal.guidance import markdown
from yangcai.portal.guidance.queries import in_force, versions_of, visible_articles
from yangcai.portal.models import Article, ArticleVersion

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
BODY = "## 怎样提问\n\n答复期限：{{law:enquiry.answer}}。见[公告](/notices/)。"
CONTENT = {"title": "怎样提出询问", "summary": "写给供应商", "body": BODY}


@pytest.fixture
def bureau() -> Organisation:
    return make_organisation(OrganisationKind.TREASURY)


def do(code: str, subject: object, by: Post, *, now: datetime.datetime = NOW, **data: object) -> ArticleVersion:
    return perform(ACTIONS[code], subject, by=by, now=now, **data).value


def drafted(bureau: Organisation, editor: Post, **content: str) -> ArticleVersion:
    return do("article.draft", bureau, editor, kind="guide", **{**CONTENT, **content})


def published(bureau: Organisation, editor: Post, reviewer: Post) -> ArticleVersion:
    version = drafted(bureau, editor)
    do("article.submit", version, editor)
    return do("article.publish", version, reviewer)


def refused(code: str, subject: object, by: Post, **data: object) -> set[str]:
    with pytest.raises(Refused) as error:
        perform(ACTIONS[code], subject, by=by, now=NOW, **data)
    return error.value.codes


def test_one_drafts_another_publishes(bureau: Organisation) -> None:
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    version = drafted(bureau, editor)
    assert list(in_force(now=NOW)) == [] and visible_articles(None, NOW).count() == 0
    assert refused("article.publish", version, reviewer) == {"not_submitted"}
    own = Task.objects.get(done_at=None)  # what was begun waits for whoever may go on with it
    assert (own.action, own.role, own.organisation_id) == ("article.submit", Role.EDITOR, bureau.pk)
    do("article.submit", version, editor)
    task = Task.objects.get(action="article.publish", done_at=None)
    assert (task.role, task.organisation_id) == (Role.TREASURY, bureau.pk)
    assert refused("article.amend", version, editor, **CONTENT) == {"under_review"}
    do("article.publish", version, reviewer)
    assert [v.title for v in in_force(now=NOW)] == ["怎样提出询问"]
    assert not Task.objects.filter(done_at=None).exists()
    assert {e.action for e in Entry.objects.filter(root=version.ref)} == {
        "article.draft",
        "article.submit",
        "article.publish",
    }


def test_nobody_publishes_what_they_wrote(bureau: Organisation) -> None:
    """The same person in two posts is one pair of eyes; a colleague who only submitted it is none of the other two."""
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    herself = make_post(Role.TREASURY, bureau, person=editor.person)
    version = drafted(bureau, editor)
    do("article.submit", version, editor)
    version.refresh_from_db()
    found = can(ACTIONS["article.publish"], version, by=herself, now=NOW)
    assert [r.code for r in found] == ["same_person"] and found[0].citation is not None
    assert refused("article.publish", version, herself) == {"same_person"}
    assert refused("article.publish", version, editor) == {"role_may_not"}
    assert refused("article.publish", version, make_post(Role.TREASURY)) == {"not_yours"}
    do("article.publish", version, reviewer)
    # … but what she wrote before does not bar her from the version that a colleague writes.
    colleague = make_post(Role.EDITOR, bureau)
    second = do("article.revise", version.article, colleague, **CONTENT, change="补充说明")
    do("article.submit", second, colleague)
    do("article.publish", second, herself)
    assert in_force(now=NOW).get() == second


def test_it_comes_back_with_a_reason(bureau: Organisation) -> None:
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    version = drafted(bureau, editor)
    do("article.submit", version, editor)
    assert refused("article.send_back", version, reviewer, reason=" ") == {"invalid_input"}
    do("article.send_back", version, reviewer, reason="标题太长")
    assert Task.objects.get(done_at=None).action == "article.amend"
    do("article.amend", version, editor, **{**CONTENT, "title": "怎样询问"})
    do("article.submit", version, editor)
    assert do("article.publish", version, reviewer).title == "怎样询问"
    assert Article.objects.get().title == "怎样询问"


def test_versions_stay_and_only_one_is_written_at_a_time(bureau: Organisation) -> None:
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    first = published(bureau, editor, reviewer)
    assert refused("article.amend", first, editor, **CONTENT) == {"already_published"}
    new = {**CONTENT, "body": "新的正文", "change": "重写"}
    second = do("article.revise", first.article, editor, now=NOW + HOUR, **new)
    assert refused("article.revise", first.article, editor, **new) == {"draft_exists"}
    assert in_force(now=NOW + HOUR).get() == first
    do("article.submit", second, editor, now=NOW + HOUR)
    do("article.publish", second, reviewer, now=NOW + HOUR)
    assert in_force(now=NOW + HOUR).get() == second
    assert in_force(now=NOW).get() == first, "an hour ago the first one stood"
    assert [v.body for v in versions_of(first.article, now=NOW + HOUR)] == ["新的正文", BODY]


def test_a_withdrawn_article_is_in_no_list_and_can_be_read(bureau: Organisation) -> None:
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    article = published(bureau, editor, reviewer).article
    assert refused("article.withdraw", article, reviewer, reason="") == {"invalid_input"}
    do("article.withdraw", article, reviewer, reason="内容已过时")
    assert not in_force(now=NOW).exists()
    assert visible_articles(None, NOW).get().withdrawn_reason == "内容已过时"
    assert refused("article.revise", article, editor, **CONTENT, change="x") == {"already_withdrawn"}


def test_a_draft_is_seen_by_its_own_bureau_alone(bureau: Organisation) -> None:
    version = drafted(bureau, make_post(Role.EDITOR, bureau))
    for post in (None, make_post(Role.EDITOR), make_post(Role.TREASURY), make_post(Role.AUDITOR, bureau)):
        assert visible_articles(post, NOW).count() == 0
    assert visible_articles(make_post(Role.TREASURY, bureau), NOW).get() == version.article


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("询问", "", 1),
        ("答复期限", "", 1),
        ("供应商", "guide", 1),
        ("询问", "policy", 0),
        ("没有的词", "", 0),
        ("。", "", 0),
    ],
)
def test_the_search_finds_words_of_title_summary_and_body(
    bureau: Organisation, text: str, kind: str, found: int
) -> None:
    published(bureau, make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau))
    assert in_force(now=NOW, text=text, kind=kind).count() == found


# --- what an article can carry -----------------------------------------------------------------------------------

HOSTILE = (
    ("<script>alert(1)</script>", "body_tag"),
    ("<img src=x onerror=alert(1)>", "body_tag"),
    ("<iframe src=https://example.org></iframe>", "body_tag"),
    ("<!-- --><svg/onload=alert(1)>", "body_tag"),
    ("![x](https://example.org/x.png)", "body_picture"),
    ("[x](javascript:alert(1))", "body_link"),
    ("[x](JaVaScRiPt:alert(1))", "body_link"),
    ("[x](java&#115;cript:alert(1))", "body_link"),
    ("[x](&#x6A;avascript:alert(1))", "body_link"),
    ("[x](<javascript:alert(1)>)", "body_link"),
    ("[x](\\javascript:alert)", "body_link"),
    ("[x](data:text/html;base64,PHNjcmlwdD4=)", "body_link"),
    ("[x](vbscript:msgbox)", "body_link"),
    ("[x](" + "file:" + "///etc/passwd)", "body_link"),
    ("[x](//example.org/)", "body_link"),
    ("[x](/\\example.org/)", "body_link"),
    ("[x](relative)", "body_link"),
    ("[x](https:evil)", "body_link"),
    ("[x](/no/such/page/)", "dead_link"),
    ("{{law:no.such}}", "body_law"),
)


@pytest.mark.parametrize(("body", "code"), HOSTILE, ids=[body for body, _code in HOSTILE])
def test_hostile_text_is_refused_and_harmless(bureau: Organisation, body: str, code: str) -> None:
    """Refused before it is kept; and rendered, if it came in by another way, it is text."""
    codes = refused("article.draft", bureau, make_post(Role.EDITOR, bureau), kind="guide", **{**CONTENT, "body": body})
    assert code in codes
    html = markdown.render(f"前文 {body} 后文\n\n{body}\n\n> {body}\n", on=NOW.date()).lower()
    if code != "dead_link":
        for mark in ("<script", "<img", "<iframe", "<svg", "<!--"):
            assert mark not in html
        # What looks like a picture is a link to where it lies; a backslash is a character of a path of this site.
        assert all(re.match(r"https://|/(?![/\\\\])", href) for href in re.findall(r'href="([^"]*)', html))


@pytest.mark.parametrize(
    "text",
    [
        '[x](https://example.org/?q="><script>alert(1)</script>)',
        '[x"onmouseover="alert(1)](https://example.org/)',
        '[x](https://example.org/"onclick="alert(1))',
        '[x](https://example.org/ "t"onclick="x")',
        "`<script>alert(1)</script>`",
        "| a |\n|---|\n| <script>x</script> |",
        "| a |\n|:-:|\n| b |",
        "```\n</code><script>x</script>\n```",
        '# <b onclick="x">',
        "[a]: javascript:alert(1)\n\n[a]",
        "<https://example.org><javascript:alert(1)>",
    ],
)
def test_no_attribute_and_no_tag_slips_in(text: str) -> None:
    """Whatever is written, the page has the tags that we made and no others, and no style or handler on them."""
    import html.parser

    allowed = {"h2", "h3", "p", "a", "code", "table", "thead", "tbody", "tr", "th", "td", "div", "pre", "em", "strong"}
    attributes = {"href", "rel", "title", "class", "tabindex", "role", "aria-label", "scope"}

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in allowed and {name for name, _value in attrs} <= attributes
            href = dict(attrs).get("href")
            assert href is None or markdown.is_allowed(href)

    Reader().feed(markdown.render(text, on=NOW.date()))


def test_what_is_allowed_becomes_a_page() -> None:
    text = (
        "# 大标题\n\n## 小标题\n\n- **强调**\n- *语气*\n\n1. 一\n\n> 引用\n\n| 事项 | 期限 |\n|---|---|\n| 询问 | "
        "{{law:enquiry.answer}} |\n\n[公告](/notices/?kind=award#latest) [外部](https://example.org/a?b=c&d=e)"
        " [邮件](mailto:office@example.org) `代码`"
    )
    html = markdown.render(text, on=NOW.date())
    assert not list(markdown.strange(text))
    for part in (
        "<h2>大标题</h2>",
        "<h2>小标题</h2>",
        "<strong>强调</strong>",
        "<blockquote>",
        '<div class="table-box"',
        '<a href="/notices/?kind=award#latest">',
        'rel="noopener noreferrer nofollow external"',
        '<a href="mailto:office@example.org"',
        "<code>代码</code>",
        '3个工作日（<a href="/law/enquiry.answer/">《中华人民共和国政府采购法实施条例》第五十二条</a>）',
    ):
        assert part in html, part


def test_the_number_is_the_law_books(bureau: Organisation) -> None:
    """Before the law said anything the article says that it does not."""
    assert "目前没有规定" in markdown.render("{{law:enquiry.answer}}", on=datetime.date(2010, 1, 1))
    assert "3个工作日" in markdown.render("{{law:enquiry.answer}}", on=NOW.date())


@pytest.mark.parametrize("levels", [200, 2000])
def test_a_deep_text_ends(levels: int) -> None:
    assert markdown.render(">" * levels + "x" + "[" * levels, on=NOW.date())
