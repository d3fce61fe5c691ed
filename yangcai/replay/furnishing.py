"""What stands in the portal of the demo: articles that an editor wrote and another published, offices, an answer?

The texts are real ones about this platform; they cite the law book and no law that is not in it.
"""

import datetime
from pathlib import Path
from typing import Any

from yangcai.cases.models import Case
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.portal.models import Article

ARTICLES = Path(__file__).parent / "articles"
DAY = datetime.timedelta(days=1)
#: Numbers and addresses that belong to nobody.
PHONE = "0000-0000000"
HOURS = "工作日 9:00–12:00，14:30–18:00（演示）"


def articles() -> list[dict[str, str]]:
    """Each file: its kind, its title, its summary, then the text."""
    found = []
    for path in sorted(ARTICLES.glob("*.md")):
        kind, title, summary, body = path.read_text(encoding="utf-8").split("\n", 3)
        found.append({"kind": kind, "title": title, "summary": summary, "body": body.strip() + "\n"})
    return found


def _do(code: str, subject: Any, by: Post, now: datetime.datetime, **data: Any) -> Any:
    return perform(ACTIONS[code], subject, by=by, now=now, **data).value


def furnish(*, morning: datetime.datetime, bureau: Organisation) -> None:
    """Published articles, one that waits for the review, where to turn to, and two questions of the public."""
    editor = Post.objects.get(organisation=bureau, role=Role.EDITOR)
    reviewer = Post.objects.filter(organisation=bureau, role=Role.TREASURY).order_by("pk")[0]
    texts = articles()
    for number, text in enumerate(texts):
        at = morning - (len(texts) - number) * DAY
        version = _do("article.draft", bureau, editor, at, **text)
        _do("article.submit", version, editor, at)
        _do("article.publish", version, reviewer, at + DAY / 12)
    revised = dict(texts[0], change="补充“常见的三个疏忽”中关于更正公告的说明")
    del revised["kind"]
    first = Article.objects.get(organisation=bureau, title=texts[0]["title"])
    _do("article.submit", _do("article.revise", first, editor, morning - DAY, **revised), editor, morning - DAY)
    _offices(morning - 10 * DAY)
    _questions(morning, bureau)


def _offices(now: datetime.datetime) -> None:
    """Every office of the demo says where to turn to."""
    wanted = {
        OrganisationKind.BUYER: (Role.BUYER_OFFICER, ("enquiry", "objection"), "采购办公室（演示）"),
        OrganisationKind.AGENT: (Role.AGENT, ("enquiry", "objection"), "项目受理部（演示）"),
        OrganisationKind.TREASURY: (Role.TREASURY, ("enquiry", "complaint"), "政府采购监督管理科（演示）"),
    }
    posts = Post.objects.filter(role__in=[role for role, _p, _o in wanted.values()]).select_related("organisation")
    seen = set()
    for post in posts.order_by("pk"):
        role, purposes, office = wanted.get(OrganisationKind(post.organisation.kind), ("", (), ""))
        if post.role != role or post.organisation_id in seen:
            continue
        seen.add(post.organisation_id)
        where = {"phone": PHONE, "email": f"office{post.organisation_id}@example.org", "hours": HOURS}
        for purpose in purposes:
            _do("contact_point.state", post.organisation, post, now, purpose=purpose, office=office, **where)


def _questions(morning: datetime.datetime, bureau: Organisation) -> None:
    """One that was answered for everybody, one that waits."""
    platform = platform_post(now=morning)
    asked = {
        "asker": "other",
        "title": "面向中小企业的项目在哪里看",
        "question": "我们是一家小微企业，想知道面向中小企业的项目在哪里集中查看，需不需要先注册？",
    }
    reviewer = Post.objects.filter(organisation=bureau, role=Role.TREASURY).order_by("pk")[0]
    first = _do("public_enquiry.receive", bureau, platform, morning - 4 * DAY, **asked)
    answer = {
        "answer": "不需要注册。在公告页搜索“面向中小企业”即可；预留份额和价格扣除写在公告正文中。参加投标时再登记。",
        "publish": True,
        "public_title": "面向中小企业的项目在哪里查看",
        "public_question": "面向中小企业的项目在哪里集中查看，是否需要先注册？",
    }
    _do("public_enquiry.answer", first, reviewer, morning - 3 * DAY, **answer)
    asked_at = morning - DAY / 24
    case = Case.objects.filter(published_at__lte=asked_at, ended_at=None, agent__isnull=False).order_by("-pk").first()
    if case is not None and case.agent is not None:
        wait = {
            "case": case.pk,
            "asker": "supplier",
            "title": "交货地点是否分散",
            "question": "采购文件写明交货到采购人指定地点，请问是一处还是多处？",
        }
        _do("public_enquiry.receive", case.agent, platform, asked_at, **wait)
