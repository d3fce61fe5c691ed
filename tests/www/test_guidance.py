"""Do the pages of the public service say what they should, to whom they should, and never more?"""

import dataclasses
import datetime
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories import NOW, make_case, make_organisation, make_post
from tests.www.support import Clock, at_desk
from tests.www.test_english import unmarked
from yangcai import law
from yangcai.challenges.models import PublicEnquiry
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Entry
from yangcai.parties.models import Organisation, OrganisationKind, Person
from yangcai.parties.roles import Role
from yangcai.portal.models import ArticleVersion
from yangcai.replay import furnishing
from yangcai.www.public import help, service_directory

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
LETTER = {"asker": "person", "title": "怎么注册", "question": "想知道怎么注册", "contact": "139-0000-0000"}
PUBLIC = ("guidance", "enquiries", "enquiry_ask", "enquiry_read", "contacts", "services", "help")


@pytest.fixture
def bureau() -> Organisation:
    return make_organisation(OrganisationKind.TREASURY, name="测试财政局")


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


def do(code: str, subject: Any, by: Any, **data: Any) -> Any:
    return perform(ACTIONS[code], subject, by=by, now=NOW, **data).value


# --- articles ----------------------------------------------------------------------------------------------------


def test_an_editor_drafts_and_a_reviewer_publishes_in_the_browser(clock: Clock, bureau: Organisation) -> None:
    """From the menu to the public page, with nothing but forms."""
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    desk, public = at_desk(editor), Client()
    listing = desk.get(reverse("work_articles")).content.decode()
    address = reverse("work_do", args=["organisation", bureau.pk, "article.draft"])
    assert address in listing
    content = {"kind": "guide", "title": "怎样询问", "summary": "给供应商", "body": "## 办法\n\n{{law:enquiry.answer}}"}
    bad = desk.post(address, {**content, "body": "<script>alert(1)</script>"})
    assert bad.status_code == 422 and "<script>alert" not in bad.content.decode()
    assert "正文不能含有 HTML" in bad.content.decode()
    assert desk.post(address, content).status_code == 302
    version = ArticleVersion.objects.get()
    page = reverse("work_article_version", args=[version.pk])
    assert "3个工作日" in desk.get(page).content.decode(), "the preview is what readers will see"
    assert public.get(reverse("article", args=[version.article_id])).status_code == 404
    desk.post(reverse("work_do", args=["articleversion", version.pk, "article.submit"]), {})
    assert "审核发布" in at_desk(reviewer).get(reverse("work")).content.decode()
    publish = reverse("work_do", args=["articleversion", version.pk, "article.publish"])
    assert f'href="{page}"' in at_desk(reviewer).get(publish).content.decode(), "whoever publishes reads it first"
    at_desk(reviewer).post(publish, {})
    assert "怎样询问" in public.get(reverse("guidance")).content.decode()
    assert "怎样询问" in public.get(reverse("home")).content.decode()
    shown = public.get(reverse("article", args=[version.article_id])).content.decode()
    assert '<a href="/law/enquiry.answer/">' in shown and "<h2>办法</h2>" in shown


def test_versions_and_a_withdrawal_are_public(clock: Clock, bureau: Organisation) -> None:
    editor, reviewer = make_post(Role.EDITOR, bureau), make_post(Role.TREASURY, bureau)
    text = {"title": "怎样询问", "summary": "给供应商", "body": "第一稿"}
    first = do("article.draft", bureau, editor, kind="guide", **text)
    for one, step in ((first, "submit"), (first, "publish")):
        do(f"article.{step}", one, editor if step == "submit" else reviewer)
    second = do("article.revise", first.article, editor, **{**text, "body": "第二稿"}, change="说得更清楚")
    address = reverse("article", args=[first.article_id])
    client = Client()
    assert client.get(f"{address}?version=2").status_code == 404, "a draft is no version yet"
    for step in ("submit", "publish"):
        do(f"article.{step}", second, editor if step == "submit" else reviewer)
    newest, older = client.get(address).content.decode(), client.get(f"{address}?version=1").content.decode()
    assert "第二稿" in newest and "说得更清楚" in newest and "以前的版本" not in newest
    assert "第一稿" in older and "这是以前的版本" in older
    for wrong in ("3", "0", "²", "x", "1 OR 1"):
        assert client.get(address, {"version": wrong}).status_code == 404
    do("article.withdraw", first.article, reviewer, reason="内容已过时")
    assert "怎样询问" not in client.get(reverse("guidance")).content.decode()
    gone = client.get(address).content.decode()
    assert "本文已撤下" in gone and "内容已过时" in gone and "第二稿" in gone


def test_the_demo_is_furnished_by_actions(clock: Clock, bureau: Organisation) -> None:
    """Every article passes the check of an editor's, and names no rule that is not in the book."""
    make_post(Role.EDITOR, bureau)
    make_post(Role.TREASURY, bureau)
    case = make_case(stage="submission", agent=make_organisation("agent"))
    for role, office in ((Role.AGENT, case.agent), (Role.BUYER_OFFICER, case.buyer)):
        make_post(role, office)
    furnishing.furnish(morning=NOW, bureau=bureau)
    texts = furnishing.articles()
    assert len(texts) >= 6 and ArticleVersion.objects.filter(published_at__isnull=False).count() == len(texts)
    keys = {key for text in texts for key in re.findall(r"\{\{law:([a-z_.]+)\}\}", text["body"])}
    assert keys and keys <= set(law.book().rules)
    assert not re.search(r"\d+\s*个?工作日", "".join(text["body"] for text in texts)), "terms come from the book"
    client = Client()
    assert "面向中小企业的项目在哪里查看" in client.get(reverse("enquiries")).content.decode()
    assert "0000-0000000" in client.get(reverse("contacts")).content.decode()
    assert "中小企业" in client.get(reverse("help"), {"q": "中小企业"}).content.decode()


# --- asking ------------------------------------------------------------------------------------------------------


def send(client: Client, **data: str) -> Any:
    return client.post(reverse("enquiry_ask"), {**LETTER, "key": "k" * 24, **data})


def code_on(page: str) -> tuple[str, str]:
    number = re.search(r"<code>(\d{8}-[0-9A-Z]{6})</code>", page)
    code = re.search(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>", page)
    assert number and code
    return number[1], code[1]


def test_a_citizen_asks_and_reads_the_answer_by_code(clock: Clock, bureau: Organisation) -> None:
    client, post = Client(), make_post(Role.TREASURY, bureau)
    assert bureau.name in client.get(reverse("enquiry_ask")).content.decode()
    received = send(client)
    assert received.status_code == 200 and received["Cache-Control"] == "no-store"
    page = received.content.decode()
    assert "2026-03-05 24:00" in page and '/law/enquiry.public"' in page  # Monday and three working days
    number, code = code_on(page)
    read = {"number": number, "code": code}
    assert "还没有答复" in Client().post(reverse("enquiry_read"), read).content.decode()
    enquiry, desk = PublicEnquiry.objects.get(), at_desk(post)
    worklist = desk.get(reverse("work")).content.decode()
    assert enquiry.number in worklist and '/law/enquiry.public"' in worklist
    assert "139-0000-0000" in desk.get(reverse("work_public_enquiry", args=[enquiry.pk])).content.decode()
    assert "怎么注册" in desk.get(reverse("work_public_enquiries")).content.decode()
    form = reverse("work_do", args=["publicenquiry", enquiry.pk, "public_enquiry.answer"])
    assert desk.post(form, {"answer": "登录页有说明。"}).status_code == 302
    assert "登录页有说明。" in Client().post(reverse("enquiry_read"), read).content.decode()
    wrong = Client().post(reverse("enquiry_read"), {**read, "code": "AAAA-BBBB-CCCC"})
    assert wrong.status_code == 422 and "登录页有说明。" not in wrong.content.decode()
    assert "登录页有说明。" not in client.get(reverse("enquiries")).content.decode(), "it was not published"


def test_about_a_purchase_its_agent_is_asked(clock: Clock, bureau: Organisation) -> None:
    case, hidden = make_case(stage="submission", agent=make_organisation("agent")), make_case()
    client = Client()
    assert case.agent.name in client.get(reverse("enquiry_ask"), {"case": case.pk}).content.decode()
    assert send(client, case=str(case.pk), asker="supplier").status_code == 200
    assert PublicEnquiry.objects.get().organisation == case.agent
    by_number = client.get(reverse("enquiry_ask"), {"number": f" {case.number} "}).content.decode()
    assert case.agent.name in by_number and f'value="{case.pk}"' in by_number
    for number in (hidden.number, "没有的编号", "' OR 1=1 --"):
        page = client.get(reverse("enquiry_ask"), {"number": number}).content.decode()
        assert bureau.name in page and "没有这个编号的已公告项目" in page
    for wrong in (str(hidden.pk), "987654321", "x", "²"):
        assert client.get(reverse("enquiry_ask"), {"case": wrong}).status_code == 404
        assert send(client, case=wrong).status_code == 404


def test_what_was_asked_is_shown_to_no_other_office(clock: Clock, bureau: Organisation) -> None:
    send(Client())
    enquiry = PublicEnquiry.objects.get()
    page = reverse("work_public_enquiry", args=[enquiry.pk])
    form = reverse("work_do", args=["publicenquiry", enquiry.pk, "public_enquiry.answer"])
    for post in (make_post(Role.TREASURY), make_post(Role.AGENT), make_post(Role.BUYER_OFFICER)):
        assert at_desk(post).get(page).status_code == 404
        assert at_desk(post).post(form, {"answer": "x"}).status_code == 404
    for post in (make_post(Role.AUDITOR, bureau), make_post(Role.PLATFORM)):
        assert at_desk(post).get(page).status_code == 403


def test_an_address_asks_so_often_in_an_hour(clock: Clock, bureau: Organisation) -> None:
    most = law.value("service.asked_per_hour", on=NOW.date())
    client = Client()
    assert send(client, question="").status_code == 422, "a mistake costs no place"
    for n in range(most):
        assert send(client, key=f"key-{n}").status_code == 200
    refused = send(client, key="one-more")
    assert refused.status_code == 429 and refused["Retry-After"] == "3600"
    assert '/law/service.asked_per_hour"' in refused.content.decode()
    assert PublicEnquiry.objects.count() == most
    other = client.post(reverse("enquiry_ask"), {**LETTER, "key": "other"}, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 200


def test_codes_are_not_tried_one_after_the_other(clock: Clock, bureau: Organisation) -> None:
    most = law.value("service.read_per_hour", on=NOW.date())
    client, typed = Client(), {"number": "20260302-AAAAAA", "code": "AAAA"}
    answers = [client.post(reverse("enquiry_read"), typed).status_code for _ in range(most + 1)]
    assert answers == [422] * most + [429]


def test_a_program_that_fills_in_everything_sends_nothing(clock: Clock, bureau: Organisation) -> None:
    answer = send(Client(), website="https://example.org")
    assert answer.status_code == 422 and not PublicEnquiry.objects.exists() and not Entry.objects.exists()


@pytest.mark.parametrize(
    "data", [{"key": ""}, {"key": "\x00"}, {"title": "<b>x</b>", "question": "<script>x</script>"}]
)
def test_hostile_letters(clock: Clock, bureau: Organisation, data: dict[str, str]) -> None:
    answer = send(Client(), **data)
    if "key" in data:
        assert answer.status_code == 400 and not PublicEnquiry.objects.exists()
        return
    number, code = code_on(answer.content.decode())
    shown = Client().post(reverse("enquiry_read"), {"number": number, "code": code}).content.decode()
    assert "<script>x" not in shown and "&lt;script&gt;x" in shown


# --- contacts, services, help ------------------------------------------------------------------------------------


def test_contacts_say_the_terms_of_the_law(clock: Clock) -> None:
    office = make_organisation("agent", name="某代理机构")
    data = {"purpose": "objection", "office": "受理部", "phone": "0000-0000000"}
    do("contact_point.state", office, make_post(Role.AGENT, office), **data)
    page = Client().get(reverse("contacts"), {"q": "某代理"}).content.decode()
    for key in ("enquiry.answer", "objection.file", "objection.answer", "complaint.file", "complaint.decide"):
        assert f'/law/{key}"' in page
        assert law.limit(key, on=NOW.date())[0] in page
    assert "受理部" in page and "0000-0000000" in page
    assert "受理部" not in Client().get(reverse("contacts"), {"q": "没有的"}).content.decode()


@pytest.mark.parametrize("service", service_directory.SERVICES, ids=lambda service: f"{service.page} {service.title}")
def test_every_service_has_a_page_that_its_roles_may_open(service: service_directory.Service) -> None:
    view = get_resolver().resolve(reverse(service.page)).func
    for role in service.roles:
        by = view.by  # type: ignore[attr-defined]
        assert by == "public" if role == service_directory.ANYBODY else isinstance(by, str) or role in by, role
    for noun in service.nouns:
        assert any(service_directory.steps_of(service, role=role) for role in service.roles), noun


def test_every_action_of_every_role_stands_in_one_service() -> None:
    """What is new is missing here until somebody says to which job it belongs."""
    wrong = []
    for action in ACTIONS.values():
        for role in action.by - {Role.PLATFORM}:
            found = [
                one for one in service_directory.of_role(role) if action in service_directory.steps_of(one, role=role)
            ]
            if len(found) != 1:
                wrong.append(f"{role} {action.code}: {[str(one.title) for one in found]}")
    assert not wrong, "\n".join(wrong)


def test_what_is_new_on_rows_of_one_service_stands_in_it() -> None:
    """Nobody edits the directory for it; where rows are of several services somebody has to say which one it is."""
    evaluating = service_directory.home_of(ACTIONS["scores.submit"], role=Role.EXPERT)
    assert evaluating is not None and "scores" not in evaluating.nouns
    new = dataclasses.replace(ACTIONS["scores.submit"], code="drawing.admire")
    assert service_directory.home_of(new, role=Role.EXPERT) is evaluating
    of_case = dataclasses.replace(ACTIONS["case.terminate"], code="drawing.admire")
    assert service_directory.home_of(of_case, role=Role.BUYER_OFFICER) is None


def test_no_service_names_what_there_is_not() -> None:
    nouns = {code.partition(".")[0] for code in ACTIONS}
    unused = [
        (str(service.title), noun)
        for service in service_directory.SERVICES
        for noun in service.nouns
        if noun not in nouns
        or not any(
            action.code.partition(".")[0] == noun
            for role in service.roles
            for action in service_directory.steps_of(service, role=role)
        )
    ]
    assert unused == []


@pytest.mark.parametrize("role", [service_directory.ANYBODY, *(r.value for r in Role)])
def test_the_directory_of_each_role(clock: Clock, role: str) -> None:
    page = Client().get(reverse("services"), {"role": role}).content.decode()
    for service in service_directory.of_role(role):
        assert reverse(service.page) in page
    if role == Role.TREASURY:
        assert '/law/enquiry.answer"' in page and "起草文章" not in page


def test_every_text_of_the_help_belongs_to_pages_that_are_there() -> None:
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    seen = [name for topic in help.topics() for name in topic.pages]
    assert len(seen) == len(set(seen)) and set(seen) <= names
    assert {topic.to for topic in help.topics()} - {""} <= names
    assert all(all(topic.title) and all(topic.text) for topic in help.topics())
    assert all(all(term.words) and all(term.means) for term in help.glossary())
    assert {term.law for term in help.glossary()} - {""} <= set(law.book().rules)


def test_a_page_says_what_the_help_says(clock: Clock) -> None:
    topic = help.topic_of("verify")
    line = topic.text[0].splitlines()[0]
    for name in ("verify", "help"):
        assert line in Client().get(reverse(name)).content.decode()


def test_the_search_of_the_help(clock: Clock) -> None:
    client = Client()
    found = client.get(reverse("help"), {"q": "质疑"}).content.decode()
    assert "/law/objection.file/" in found and "objection" in found
    english = Client(headers={"accept-language": "en"}).get(reverse("help"), {"q": "complaint"}).content.decode()
    assert "/law/complaint.file/" in english
    nothing = client.get(reverse("help"), {"q": "查无此词"}).content.decode()
    assert "没有找到" in nothing and reverse("enquiry_ask") in nothing
    assert client.get(reverse("help"), {"q": '"><script>x</script>'}).content.decode().count("<script>x") == 0


def test_the_words_are_those_of_the_glossary() -> None:
    """What the house glossary calls by one word is called so here."""
    from tests.architecture.test_glossary import GLOSSARY

    if not GLOSSARY.exists():
        pytest.skip("the glossary stands beside the project")
    known = re.sub(r"\([^)]*\)", "", GLOSSARY.read_text(encoding="utf-8"))
    new = {term.words[0] for term in help.glossary() if term.words[0] not in known}
    # 中标/成交通知书 there; a post is the design's word, a working day the law's. Every other one is the glossary's.
    assert new == {"中标通知书", "岗位", "工作日"}


def test_english_is_complete(clock: Clock, bureau: Organisation) -> None:
    """Every page of the public service; what somebody wrote in Chinese is marked."""
    make_post(Role.EDITOR, bureau)
    reviewer = make_post(Role.TREASURY, bureau)
    case = make_case(stage="submission", agent=make_organisation("agent"))
    make_post(Role.AGENT, case.agent)
    furnishing.furnish(morning=NOW, bureau=bureau)
    names = [
        *Organisation.objects.values_list("name", flat=True),
        *Person.objects.values_list("name", flat=True),
        *ArticleVersion.objects.values_list("title", flat=True),
    ]
    addresses = [reverse(name) for name in PUBLIC]
    addresses += [f"{reverse('services')}?role={role.value}" for role in Role]
    addresses += [f"{reverse('help')}?q=enquiry", f"{reverse('help')}?q=xyz", f"{reverse('contacts')}?q=xyz"]
    addresses += [reverse("article", args=[pk]) for pk in ArticleVersion.objects.values_list("article_id", flat=True)]
    inside = [reverse("work_articles"), reverse("work_public_enquiries")]
    inside += [reverse("work_article_version", args=[v.pk]) for v in ArticleVersion.objects.all()]
    inside += [reverse("work_do", args=["organisation", bureau.pk, "contact_point.state"])]
    wrong = []
    for client, pages in ((Client(), addresses), (at_desk(reviewer), inside)):
        client.cookies["django_language"] = "en"
        for address in pages:
            answer = client.get(address)
            assert answer.status_code == 200, address
            wrong += [f"{address}: {text}" for text in unmarked(answer.content.decode(), names)]
    assert not wrong, "\n".join(wrong)
