"""How does somebody do an Action in a browser? One form for all of them, made from the Action's own declaration."""

import datetime
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Case as Choice
from django.db.models import Q, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai import law, procedures
from yangcai.cases.models import Award, Case, Lot, Stage
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.contracts.queries import reads_paper
from yangcai.frameworks.models import FrameworkApproval, OutsideOffer, Replacement
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, Action, Done, can, perform, rehearse
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Citation, Refusal, Refused, in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import ImportApproval, MethodApproval, PlanItem
from yangcai.portal.models import ArticleVersion, Notice
from yangcai.portal.notices.base import type_of
from yangcai.tendering import arithmetic, blind
from yangcai.tendering.models import (
    BidClosing,
    CommitteeMember,
    Criterion,
    EvaluationReport,
    Opening,
    Prequalification,
    PriceWeightApproval,
)
from yangcai.tendering.queries.bids import READ_OUT
from yangcai.tendering.queries.hall import has_hall
from yangcai.www import formats, guided, wording
from yangcai.www.access import page
from yangcai.www.forms import arrange
from yangcai.www.hall import OF_HALL
from yangcai.www.work import (
    agreed,
    committed,
    competition,
    contested,
    drawn,
    going_on,
    here,
    judging,
    low_prices,
    namesakes,
    objections,
    places,
    pointing,
    preflight,
    proposals,
    tables,
    unopened,
)
from yangcai.www.work.clocks import moment_of
from yangcai.www.work.files import attachments
from yangcai.www.work.offers import Offer, offers
from yangcai.www.work.shown import kind_of
from yangcai.www.work.shown.plans import REQUIREMENT
from yangcai.www.work.tables import Table
from yangcai.www.work.timeline import actor_of, lent

#: What can be tried without writing before it is done, and what that is called.
TRIED_FIRST = {"budget.import": gettext_lazy("先试算，不写入"), preflight.OF: gettext_lazy("预检，不递交")}
#: For whom a stale form is no danger, because their steps touch only what is theirs; and who must not learn from a
#: conflict that others were busy on the case (87号令 art. 28).
WITHOUT_VERSION = frozenset({Role.SUPPLIER, Role.EXPERT})
#: Where to go back to from an Action whose row is not what it is about.
BACK = {"budget.import": "work_budget"}
#: Secret forms that are filled in over days.
KEPT = frozenset({"bid.submit", "final_offer.submit"})
#: Where points are given or changed: by the document's standard of each criterion, which stands beside the form.
SCORING = frozenset({"scores.submit", "scores.explain", "scores.correct"})
#: Forms that a line of a page begins with the row that it is about.
BEGUN = frozenset({"abnormal_score.propose"})
#: What one person asks for with papers and another decides.
DECIDED = (
    Award, FrameworkApproval, ImportApproval, MethodApproval, OutsideOffer, PriceWeightApproval, Replacement,
)  # fmt: skip
#: Whose amount is told in figures and in words before anybody binds himself or pays.
IN_WORDS = (Contract, PaymentRequest)
NEXT_SHOWN = 6
#: A file of a hundred thousand lines may have as many faults; a page shows the first.
REFUSALS_SHOWN = 200


def takes(*, code: str, **address: Any) -> int:
    """The most bytes of an Action's form: as large as a document may be where the Action takes one."""
    action = ACTIONS.get(code)
    has_file = action is not None and any(isinstance(f, forms.FileField) for f in action.input.base_fields.values())
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + (settings.YANGCAI_UPLOAD_MAX_BYTES if has_file else 0))


@page(methods=("GET", "POST"), takes=takes)
def do(request: HttpRequest, model: str, pk: int, code: str) -> HttpResponse:
    """GET: the form, with what it means. POST: perform, then the page that says what happened and what comes next."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    subject = places.row(model, pk, post=post, now=now)
    wording.speak_of(subject)
    action = places.action_on(code, subject)
    if request.method != "POST" and places.is_done_by_device(action, subject):
        return HttpResponseRedirect(places.form_of(action, subject))
    if request.method != "POST":
        refusals = can(action, subject, by=post, now=now)
        form = None if refusals else action.input(subject=subject, by=post, now=now)
        if form is not None and action.code in BEGUN:
            form.initial = {name: value for name, value in request.GET.items() if name in form.fields}
        is_filled = form is not None and guided.fill(request, action, subject, form)
        return _form_page(request, action, subject, form, refusals=refusals, is_filled=is_filled)
    try:
        done = perform(
            action,
            subject,
            by=post,
            now=now,
            form_data=request.POST,
            files=request.FILES,
            idempotency_key=_key(request),
            expected_version=_expected(request, subject, post),
        )
    except Refused as refused:
        form = action.input(request.POST, request.FILES, subject=subject, by=post, now=now)
        return _form_page(request, action, subject, form, refusals=refused.refusals, status=422)
    if told := _came_in(done):
        messages.success(request, told)
    guided.go_on(request)
    guided.issue(request, subject.root.ref)
    stays = here.page_of(request, action.code, subject)
    if stays:
        entry = Entry.objects.get(seq=done.entry)
        told = action.tell(actor=actor_of(entry, post=post, lent=lent([entry], post=post)))
        messages.success(request, told)
        return HttpResponseRedirect(stays)
    if isinstance(done.value, str):
        return _result_page(request, action, subject, done.entry, shown_once=_shown_once(request, action, done.value))
    return HttpResponseRedirect(reverse("work_done", args=[done.entry]))


def _shown_once(request: HttpRequest, action: Action, value: str) -> str:
    """What is kept nowhere; of an invitation the address that it is good for."""
    if action.code != "person.invite_again":
        return value
    return request.build_absolute_uri(reverse("account_invitation", args=[value.partition(":")[2]]))


@page(methods=("POST",), takes=takes)
def rehearsal(request: HttpRequest, model: str, pk: int, code: str) -> HttpResponse:
    """What would happen: the Action is run and taken back; nothing is written."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    subject = places.row(model, pk, post=post, now=now)
    wording.speak_of(subject)
    action = places.action_on(code, subject)
    if action.code == preflight.OF:
        return _preflight(request, action, subject)
    form = action.input(request.POST, request.FILES, subject=subject, by=post, now=now)
    try:
        done = rehearse(action, subject, by=post, now=now, form_data=request.POST, files=request.FILES)
    except Refused as refused:
        return _form_page(request, action, subject, form, refusals=refused.refusals, status=422)
    return _form_page(request, action, subject, form, tried=_told(done))


def _preflight(request: HttpRequest, action: Action, subject: Any) -> HttpResponse:
    """The bid is secret: it is not even rehearsed, because that would seal and store it. Nothing is kept or logged."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    refusals = can(action, subject, by=post, now=now)
    if refusals:
        return _form_page(request, action, subject, None, refusals=refusals, status=422)
    form = action.input(request.POST, request.FILES, subject=subject, by=post, now=now)
    return _form_page(request, action, subject, form, checked=preflight.checked(form, request))


def _told(done: Done) -> str:
    """What the rehearsal of an import came to, in a sentence: how many lines, how much money."""
    said = _("试算通过：将写入 %(n)d 行，合计 %(total)s，没有差错。尚未写入；请重新选择文件并正式提交。")
    return said % {"n": done.value["lines"], "total": formats.yuan(done.value["total"])}


def _came_in(done: Done) -> str:
    """The same once it is written; empty for what counts no lines."""
    if not isinstance(done.value, dict) or "lines" not in done.value:
        return ""
    params = {"n": done.value["lines"], "total": formats.yuan(done.value["total"])}
    return _("已写入 %(n)d 行，合计 %(total)s。") % params


# --- conflict and repetition -------------------------------------------------------------------------------------


def _key(request: HttpRequest) -> str | None:
    """The key under which a form sent twice is one request. Our own forms always bring a sound one."""
    key = request.POST.get("key", "")[:64]
    if not key.isprintable():
        raise BadRequest("a key of printable characters")
    return key or None


def stamp(subject: Any, post: Post) -> str:
    """The version of the row's root as the form saw it, readable to nobody (it would tell how busy a case is)."""
    root = subject.root
    return salted_hmac("yangcai.www.version", f"{root.ref}:{root.version}:{post.pk}").hexdigest()[:24]


def _version(subject: Any, post: Post) -> str:
    """The stamp that a form brings along; empty for those who bring none."""
    return "" if post.role in WITHOUT_VERSION else stamp(subject, post)


def _expected(request: HttpRequest, subject: Any, post: Post) -> int | None:
    if post.role in WITHOUT_VERSION:
        return None
    given = request.POST.get("version", "")
    if not given:
        return None
    root = type(subject.root)._base_manager.get(pk=subject.root.pk)
    return root.version if constant_time_compare(given, stamp(subject, post)) else -1


# --- the form ----------------------------------------------------------------------------------------------------


def _form_page(
    request: HttpRequest,
    action: Action,
    subject: Any,
    form: forms.Form | None,
    *,
    refusals: Any = (),
    tried: str = "",
    checked: dict[str, Any] | None = None,
    is_filled: bool = False,
    status: int = 200,
) -> HttpResponse:
    post, now = request.post, request.now  # type: ignore[attr-defined]
    refusals = _first(list(refusals))
    hidden = {"key": request.POST.get("key") or secrets.token_urlsafe(18)}
    if post.role not in WITHOUT_VERSION:
        fresh = any(refusal.code == "stale_form" for refusal in refusals)
        hidden["version"] = stamp(subject, post) if fresh or not request.POST else request.POST.get("version", "")
    if refusals and not tried:
        hidden["key"] = secrets.token_urlsafe(18)  # a corrected form is another request
    kind = kind_of(subject)
    beside = objections.beside(action, subject, post=post, now=now) if form is not None else None
    if form is not None:
        arrange(form)
    return render(
        request,
        "work/do.html",
        {
            "action": action,
            "title": action.title,
            "hint": action.meaning,
            "subject": subject,
            "back": _back(action, subject),
            "root_title": str(subject.root),
            "form": form,
            "is_filled": is_filled,
            "blocked": refusals if form is None else (),
            "refusals": refusals,
            "hidden": hidden,
            "url": places.form_of(action, subject),
            "try_url": reverse("work_try", args=_address(subject, action)) if action.code in TRIED_FIRST else "",
            "try_title": TRIED_FIRST.get(action.code, ""),
            "tried": tried,
            "checked": checked,
            "self_check": preflight.self_check(subject, request) if form and action.code == preflight.OF else None,
            "kept_as": kept_as(action, subject, post) if form is not None else "",
            "desk": _desk(action, subject, post),
            "danger": action.dangerous,
            "beside": beside,
            "facts": _about(subject, post=post) + _facts(subject, post=post)
            if beside is None
            else [],  # the letter itself stands there
            "facts_title": formats.titled(kind.title) if kind else "",
            "requirement": tables.facts(subject.requirement, REQUIREMENT.columns)
            if isinstance(subject, PlanItem) and hasattr(subject, "requirement")
            else [],
            "standards": _standards(action, subject) if form is not None else (),
            "requirement_title": formats.titled(REQUIREMENT.title),
            "grounds": grounds(action, subject, now=now),
            "publishes": notice_name(action.notice, subject) if action.notice else "",
            "due": _own_task(action, subject, post),
            "closes_at": _closes_at(action, subject, now=now),
            "documents": _papers(subject, post=post, now=now),
            "low_prices": low_prices.table(action.code, subject, post=post, now=now),
            "repeats": proposals.repeated(subject, post=post, now=now) if action.code == "plan.review" else (),
            "pointing": pointing.table(action.code, subject, now=now) if form is not None else None,
            "above": _above(action, subject, post=post, now=now) if form is not None else [],
            "declines_at": agreed.declines_at(action.code, subject, by=post, now=now) if form is not None else "",
            "committed": committed.table(action.code, subject, by=post, now=now) if form is not None else None,
            "judged": _judged(subject, post=post, now=now),
            "instead": _instead(subject, post=post, now=now) if form is None else (),
            "now": now,
        },
        status=status,
    )


def kept_as(action: Action, subject: Any, post: Post) -> str:
    """Under which name the browser keeps what is typed into a secret form until it is handed in; empty for the rest.
    The server keeps nothing of it: before the opening a bid is nobody else's to read (87号令 art. 33). It begins with
    the person, for it goes when that one signs out, or another one signs in (app.js)."""
    lot = getattr(subject, "lot_id", None) or subject.pk
    return f"{post.person_id}/{post.pk}/{lot}" if action.secret and action.code in KEPT else ""


def _desk(action: Action, subject: Any, post: Post) -> dict[str, str] | None:
    """Where the thing is made ready, or what else belongs to it, beside its form."""
    if action.code in places.DESKS:
        return {"url": reverse(places.DESKS[action.code], args=[subject.pk]), "title": _("评审工作台")}
    if isinstance(subject, EvaluationReport):
        return {"url": reverse("work_report", args=[subject.pk]), "title": _("评标报告全文和签署"), "icon": "file-text"}
    if isinstance(subject, Contract) and reads_paper(subject, post):
        return {"url": reverse("work_contract", args=[subject.pk]), "title": _("合同文本"), "icon": "file-text"}
    if isinstance(subject, ArticleVersion):
        there = reverse("work_article_version", args=[subject.pk])
        return {"url": there, "title": _("阅读全文：读者看到的样子"), "icon": "file-text"}
    if action.code in here.OF_DRAFT:
        return {"url": reverse("work_draft", args=[subject.root.pk]), "title": _("采购文件编制")}
    if action.code == preflight.OF and post.role == Role.SUPPLIER:
        return {"url": reverse("work_bid_tasks", args=[subject.pk]), "title": _("投标任务")}
    return None


def _about(subject: Any, *, post: Post) -> list[dict[str, Any]]:
    """Whose seat it is that something is written of: the columns of a seat do not say it."""
    if not isinstance(subject, CommitteeMember):
        return []
    return [{"label": formats.titled(_("评委")), "value": judging.sitter(subject, post=post), "lang": "zh-Hans"}]


def _facts(subject: Any, *, post: Post) -> list[dict[str, Any]]:
    """The row in a few lines, without what this reader may not know of it."""
    kind = kind_of(subject)
    found = tables.facts(blind.masked(subject, post), blind.columns(subject, kind.columns, post)) if kind else []
    if isinstance(subject, IN_WORDS) and subject.amount is not None:
        found.append(
            {"label": formats.titled(_("金额大写")), "value": formats.capitals(subject.amount), "lang": "zh-Hans"}
        )
    return found


def _papers(subject: Any, *, post: Post, now: datetime.datetime) -> list[dict[str, Any]]:
    """Where papers are to be read before the form can be filled in: all that were handed in for a judge, else those of
    the very row that somebody else asked to have decided."""
    if (post.role == Role.EXPERT and isinstance(subject, Lot | Case)) or isinstance(subject.root, Prequalification):
        return attachments(subject.root, post=post, now=now)
    if isinstance(subject, DECIDED):
        return attachments(subject.root, post=post, now=now, of=subject.ref)
    return []


def _instead(subject: Any, *, post: Post, now: datetime.datetime) -> list[Offer]:
    """What else may be done about the row or its root, where this may not: often the very thing that is missing."""
    found = offers(dict.fromkeys((subject, subject.root)), post=post, now=now).open
    harmless = [offer for offer in found if not offer.is_dangerous]
    own = [offer for offer in found if offer.subject == subject]
    # Whoever may only give up what they have here (a seat, where they must recuse) is led there too.
    return harmless if any(offer in harmless for offer in own) else [*own, *harmless]


def _closes_at(action: Action, subject: Any, *, now: datetime.datetime) -> datetime.datetime | None:
    """When the stage ends in which this may be done; None where it has no end."""
    stage = subject.stage_at(now) if action.at else ""
    if not stage or stage not in action.at or not isinstance(subject.root, Case):
        return None
    running = subject.root.periods.filter(stage=stage, opens_at__lte=now, closes_at__gt=now)
    return max((period.closes_at for period in running if period.closes_at), default=None)


def _standards(action: Action, subject: Any) -> list[Criterion]:
    """By what the committee scores, in the document's own words."""
    return arithmetic.scored_criteria(subject) if action.code in SCORING else []


def _above(action: Action, subject: Any, *, post: Post, now: datetime.datetime) -> list[Table]:
    """What one reads before one fills the form in: what was objected to, whose price wins, what was agreed."""
    tables = (
        contested.table(action.code, subject),
        competition.table(action.code, subject, post=post, now=now),
        agreed.table(subject),
    )
    return [one for one in tables if one]


def _judged(subject: Any, *, post: Post, now: datetime.datetime) -> list[dict[str, Any]]:
    """What was found out about the bids, for whoever signs it or decides by it."""
    lot = subject.lot if isinstance(subject, EvaluationReport) else subject
    if not isinstance(lot, Lot) or lot.stage_at(now) not in {Stage.EVALUATION, Stage.AWARD}:
        return []
    return judging.judged([lot], post=post, now=now)


def _first(refusals: list[Refusal]) -> list[Refusal]:
    """The first of many reasons, and how many more there are."""
    more = len(refusals) - REFUSALS_SHOWN
    if more <= 0:
        return refusals
    said = Refusal("more_refusals", f"另有 {more} 处，改正以上各处后再试", f"{more} more: mend these first")
    return [*refusals[:REFUSALS_SHOWN], said]


def _back(action: Action, subject: Any) -> str:
    if action.code in BACK:
        return reverse(BACK[action.code])
    if action.code in OF_HALL and subject and subject.root.procedure in READ_OUT:
        return reverse("hall", args=[subject.root.pk])  # where one came from
    return places.page_of(subject) if subject else reverse("work")


def _address(subject: Any, action: Action) -> list[Any]:
    return [subject._meta.model_name, subject.pk, action.code]


def _own_task(action: Action, subject: Any, post: Post) -> Task | None:
    return tasks.of_post(post).filter(action=action.code, subject=subject.ref).first()


def grounds(action: Action, subject: Any, *, now: datetime.datetime) -> list[tuple[str, str, Citation]]:
    """The rules behind an Action: title, number, article, as they stood on the day whose law the subject follows."""
    on = getattr(subject.root, "law_as_of", None) or timezone.localdate(now)
    found = []
    code = getattr(subject.root, "procedure", "")
    for key in procedures.binding(action.cites, procedure=code) if code else action.cites:
        value = law.find(key, on=on)
        if value is not None:
            rule = law.rule(key)
            number = "" if rule.unit in {"principle", "table"} else value.text[0 if in_chinese() else 1]
            found.append((rule.zh if in_chinese() else rule.en, number, value.citation))
    return found


def notice_name(kind: str, subject: Any) -> str:
    """The name of a notice type in the reader's language, as the subject's method calls it."""
    return type_of(kind, getattr(subject.root, "procedure", "")).name


# --- what happened -----------------------------------------------------------------------------------------------


@page()
def done(request: HttpRequest, seq: int) -> HttpResponse:
    """The outcome of one's own Action: what happened, its number, what comes next and by when."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    entry = get_object_or_404(Entry, seq=seq, person_id=post.person_id, outcome="done")
    action = ACTIONS[entry.action]
    subject = places.row_of_ref(entry.subject, post=post, now=now)
    return _result_page(request, action, subject, seq)


def _result_page(request: HttpRequest, action: Action, subject: Any, seq: int, *, shown_once: str = "") -> HttpResponse:
    post, now = request.post, request.now  # type: ignore[attr-defined]
    entry = Entry.objects.select_related("payload").get(seq=seq)
    value = str(entry.payload.data.get("value") or "")
    made = places.row_of_ref(value, post=post, now=now) if value else None
    wording.speak_of(made or subject)
    kind = kind_of(made)
    roots = {entry.root, made.root.ref} if made else {entry.root}
    return render(
        request,
        "work/done.html",
        {
            "action": action,
            "sentence": action.tell(actor=actor_of(entry, post=post, lent=lent([entry], post=post))),
            "number": getattr(made, "receipt", "") or getattr(made, "number", "") if made else "",
            "made": drawn.facts(made, post=post, now=now) + tables.facts(made, kind.columns) if made and kind else [],
            "made_title": formats.titled(kind.title) if kind else "",
            "made_url": places.page_of(made) if made else "",
            "entry": entry,
            "back": _back(action, subject),
            "notices": Notice.objects.filter(entry_seq=seq).order_by("pk"),
            "unopened": unopened.told(made, now=now),
            "hall_url": _hall(made, post=post, now=now),
            "next": next_steps(entry, made, post=post),
            "at_once": going_on.at_once(roots, by=post, now=now, version=lambda row: _version(row, post)),
            "shown_once": shown_once,
            "kept_as": kept_as(action, subject, post) if subject is not None else "",
            "now": now,
        },
    )


def _hall(made: Any, *, post: Post, now: datetime.datetime) -> str:
    """Where one sees what the opening brings to light; empty for anything else."""
    if not isinstance(made, Opening | BidClosing) or not has_hall(made.root, post, now=now):
        return ""
    return reverse("hall", args=[made.root.pk])


def next_steps(entry: Entry, made: Any, *, post: Post) -> list[dict[str, Any]]:
    """Who must do what by when, on what was just changed and made; for suppliers and experts only their own steps."""
    roots = {entry.root, entry.subject, made.root.ref} if made else {entry.root, entry.subject}
    kind, _colon, key = entry.root.partition(":")
    if kind == "case":  # a case that ended leaves its plan to be procured again
        plan = PlanItem.objects.filter(cases__pk=key, cases__ended_at__isnull=False).first()
        roots |= {plan.ref} if plan else set()
    hidden = [code for code, action in ACTIONS.items() if action.secret]  # who still has to bid is secret
    begun_now = Q(since=entry.at)  # of the windows that must run their course, those that this Action set going
    waiting = Task.objects.filter(~Q(action="") | begun_now, root__in=roots, done_at__isnull=True)
    # What this very step set going comes first, before what has waited longer and may wait on.
    waiting = waiting.exclude(action__in=hidden).order_by(Choice(When(begun_now, then=0), default=1), "due_at", "pk")
    if post.role in WITHOUT_VERSION:
        waiting = tasks.of_post(post, now=entry.at).filter(root__in=roots)
    mine = {task.pk for task in tasks.of_post(post, now=entry.at).filter(root__in=roots)}
    roles, listed = dict(Role.choices), list(waiting[:NEXT_SHOWN])
    names = namesakes.names(listed, post=post)
    return [
        {
            "text": moment_of(task, who=names.get(task.subject, "")),
            "who": formats.titled(roles.get(Role(task.role), "")) if task.role else "",
            "by_at": task.due_at,
            "url": places.place_of_task(task.action, task.subject) if task.pk in mine else "",
        }
        for task in listed
    ]
