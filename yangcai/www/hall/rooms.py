"""Where does one see an opening? The list of halls, the room of a case, and the record that is left of it.

One room for every role. What differs is the version of the board (tendering/queries/hall.py) and the card of what this
reader may do now: each Action with its own form, so that nobody leaves the room, with JavaScript or without.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.queries import visible_to
from yangcai.kernel import papers
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.documents import BadDocument
from yangcai.kernel.models import Attachment, Document
from yangcai.kernel.refusals import in_chinese
from yangcai.kernel.signatures.subjects import Signature
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import opening_proof, opening_record, paper
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, Opening
from yangcai.tendering.queries.hall import Hall, Phase, hall_state, halls, has_hall, is_inside, judges_it
from yangcai.tendering.rules.opening import opening_of
from yangcai.www import csp, errors, formats, sessions, signed_papers, typeset, wording
from yangcai.www.access import PUBLIC, page
from yangcai.www.hall import OF_HALL
from yangcai.www.hall.board import Board, board
from yangcai.www.hall.tickets import Audience, ticket
from yangcai.www.paging import CappedPaginator
from yangcai.www.public.notices import procedure_name
from yangcai.www.work import doing, here, own
from yangcai.www.work.offers import Offer, offers

#: What the host and the supervisor can always do, or may where somebody asks for it, is not what is asked of them now.
ASIDE = frozenset({"opening.extend", "opening.remark", "opening.suspend"})
#: What a bidder is asked first: what was read out of its bid, then the key while there is time; to be there is no duty.
FIRST = ("opening.confirm", "bid.release")
#: A hall stays in the list for so many days after its deadline.
LISTED = datetime.timedelta(days=14)
PAGE = 30


def _case(request: HttpRequest, pk: int) -> Case:
    """The tender of a hall; 404 where there is none for this reader, and for whoever judges its bids."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    found = halls(post, now).prefetch_related("periods", "lots", "suspensions").filter(pk=pk).first()
    if found is None or judges_it(found, post):
        raise Http404
    wording.speak_of(found)
    for lot in found.lots.all():
        lot.case = found
    return found


def _seen(request: HttpRequest, pk: int) -> tuple[Case, Hall, Board]:
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = _case(request, pk)
    hall = hall_state(case, inside=is_inside(case, post), now=now)
    return case, hall, board(hall, now=now)


@page(by=PUBLIC)
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The hall of a case. Before the deadline it is a lobby: what the notice says, and how long there is."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case, hall, drawn = _seen(request, pk)
    session = sessions.number_of_current(request) if is_inside(case, post) else 0
    audience = Audience(case.pk, get_language() or "zh-hans", post.pk if session else 0, session)
    origin, address = live_address(request, audience)
    context = {
        "case": case,
        "kicker": [case.number, procedure_name(case.procedure), case.buyer.name],
        "host": (case.agent or case.buyer).name,
        "clock": drawn.html("hall-clock"),
        "head": drawn.html("hall-head"),
        "lots": [drawn.html(part.id) for part in drawn.parts if part.id.startswith("lot-")],
        "said": [drawn.html(part.id) for part in drawn.parts if part.id.startswith("said-")],
        "mine": mine(hall, post=post, now=now),
        "live": address,
        "is_over": hall.phase == Phase.CONCLUDED,
        "now": now,
        "case_url": reverse("work_case" if post else "public_case", args=[case.pk]),
    }
    response = render(request, "hall/room.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = csp.also_connecting_to(origin)
    return response


@page(by=PUBLIC)
def room_board(request: HttpRequest, pk: int) -> HttpResponse:
    """The parts of the board alone, for a browser whose stream is interrupted."""
    _found, _hall, drawn = _seen(request, pk)
    return _fragment(HttpResponse(drawn.whole))


@page(by=PUBLIC)
def room_mine(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked of this reader now, for a browser that heard of something new."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = _case(request, pk)
    hall = hall_state(case, inside=is_inside(case, post), now=now)
    return _fragment(render(request, "hall/mine.html", {"mine": mine(hall, post=post, now=now), "case": case}))


def _fragment(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def live_address(request: HttpRequest, audience: Audience) -> tuple[str, str]:
    """(origin, address) of the stream: under this very site where a proxy stands before both, else at its own port;
    both empty where no such process runs."""
    port = settings.YANGCAI_LIVE_PORT
    if not port:
        return "", ""
    if settings.YANGCAI_BEHIND_TLS:
        return "", f"/live/{ticket(audience)}"
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    origin = f"{request.scheme}://{name}:{port}"
    return origin, f"{origin}/live/{ticket(audience)}"


# --- what is asked of this reader ----------------------------------------------------------------------------------


def mine(hall: Hall, *, post: Post | None, now: datetime.datetime) -> dict[str, Any] | None:
    """The card at the top: who this reader is in the hall, what it may do, its own offers as they were read out."""
    if post is None:
        return None
    case = hall.case
    opened = list(SCOPES[OpenedBid](post, now).filter(lot__case=case, supplier_id=post.organisation_id).order_by("pk"))
    bids = SCOPES[Bid](post, now).filter(lot__case=case, supplier_id=post.organisation_id, stage=Stage.SUBMISSION)
    live = list(bids.filter(replaced_at__isnull=True, withdrawn_at__isnull=True).order_by("pk"))
    may = [o for o in offers([case, *_lots(case), *live, *opened], post=post, now=now).open if o.action.code in OF_HALL]
    is_bidder = post.role == Role.SUPPLIER
    if not may and not opened and not live:
        return None
    now_asked = [offer for offer in may if offer.action.code not in ASIDE]
    now_asked.sort(key=lambda offer: FIRST.index(offer.action.code) if offer.action.code in FIRST else len(FIRST))
    version = "" if post.role in doing.WITHOUT_VERSION else doing.stamp(case, post)
    acts = {id(offer): here.act(offer, at=here.HALL, by=post, now=now, version=version) for offer in may}
    return {
        "title": title_of(hall, now_asked, is_bidder=is_bidder),
        "is_asked": bool(now_asked),
        "asked": [acts[id(offer)] for offer in now_asked],
        "aside": [acts[id(offer)] for offer in may if offer.action.code in ASIDE],
        "opened": opened if is_bidder else [],
        "bids": live if is_bidder and not opened else [],
    }


def _lots(case: Case) -> list[Lot]:
    return [lot for lot in case.lots.all() if lot.follows_id is None]


def title_of(hall: Hall, asked: list[Offer], *, is_bidder: bool) -> str:
    """One sentence of what is wanted, or that nothing is."""
    codes = {offer.action.code for offer in asked}
    if is_bidder and "bid.release" in codes:
        return _("请解密本单位投标文件")
    if is_bidder and "opening.confirm" in codes:
        return _("请核对本单位开标内容")
    if is_bidder and "opening.sign_in" in codes:
        return _("请签到")
    if is_bidder:
        return _("本单位的投标")
    return _("主持和监督") if asked else _("目前没有需要您办理的事项")


# --- the list ------------------------------------------------------------------------------------------------------


@page(by=PUBLIC)
def listing(request: HttpRequest) -> HttpResponse:
    """Openings to come, under way, and of the last days, the nearest first."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    since = now - LISTED
    found = halls(post, now).filter(
        ended_at__isnull=True, periods__stage=Stage.SUBMISSION, periods__closes_at__gt=since
    )
    pages = CappedPaginator(found.select_related("opening").distinct().order_by("-published_at", "-pk"), PAGE)
    shown = pages.get_page(request.GET.get("page"))
    rows = []
    for case in shown:
        with in_words(wording.of(case)):
            rows.append(_row(case, now=now))
    wording.speak_of_all(case.procedure for case in shown)
    return render(request, "hall/list.html", {"rows": rows, "pages": shown, "now": now})


def _row(case: Case, *, now: datetime.datetime) -> dict[str, Any]:
    opening = getattr(case, "opening", None)
    closes_at = own.closes_at(case)
    phase = Phase.BEFORE if closes_at is None or now < closes_at else Phase.SIGN_IN
    if opening is not None:
        phase = Phase.CONCLUDED if opening.concluded_at else Phase.CONFIRMATION
    return {
        "case": case,
        "url": reverse("hall", args=[case.pk]),
        "closes_at": closes_at,
        "word": str(phase.label) if phase != Phase.CONFIRMATION else _("正在开标"),
        "tone": "mute" if phase == Phase.BEFORE else "done" if phase == Phase.CONCLUDED else "info",
    }


# --- the record ----------------------------------------------------------------------------------------------------


@page(by=PUBLIC)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """开标记录, from the end of the opening on, for everybody: the frozen document as a paper, nothing read anew."""
    case = _case(request, pk)
    opening = opening_of(case)
    if opening is None or opening.record is None:
        raise Http404
    files = dict(
        Attachment.objects.filter(root=case.ref, subject=opening.ref, is_public=True).values_list("kind", "pk")
    )
    urls = {kind: reverse("public_file", args=[pk]) for kind, pk in files.items()}
    try:
        told = opening_record.read(opening.record)
    except BadDocument as bad:
        return errors.no_file(request, document=opening.record, why=bad)
    context = {
        "case": case,
        "record": told,
        "digest": opening.record_id,
        "file_url": urls.get(opening_record.KIND, ""),
        "note_url": urls.get(opening_proof.NOTE, ""),
        **signed_papers.context(opening, pdf_url=urls.get(papers.SIGNED, ""), is_waiting=True),
    }
    return render(request, "hall/record.html", context)


@page(by=PUBLIC)
def closing_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of what was opened by itself: prices in covers of their own for everybody, offers that are not read
    out for whoever runs or oversees the case, and with the award, without names and prices, for everybody."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    closing = (
        BidClosing.objects.filter(pk=pk, unsealed_at__lte=now, lot__case__in=visible_to(post, now))
        .select_related("lot__case__buyer", "policy")
        .first()
    )
    case = closing.lot.case if closing is not None else None
    inside = is_inside(case, post) if case is not None else False
    found = opening_record.shown(closing, inside=inside) if closing is not None else None
    if closing is None or case is None or found is None:
        raise Http404
    public = opening_record.shown(closing, inside=False)
    kept = found if public is None or found.pk != public.pk else None
    files = Attachment.objects.filter(root=case.ref, subject=closing.ref, is_public=True).values_list("kind", "pk")
    urls = {kind: reverse("public_file", args=[number]) for kind, number in files}
    title, told = closing_title(closing), []
    for one in filter(None, (public, kept)):
        try:
            told.append((one, opening_record.read(one.document)))
        except BadDocument as bad:
            return errors.no_file(request, document=one.document, why=bad)
    context = {
        "case": case,
        "lot": closing.lot,
        "title": title,
        "sheets": [
            {
                "title": title if one is public else _("%(title)s（内部）") % {"title": title},
                "record": record,
                "digest": one.document_id,
                "is_public": one is public,
            }
            for one, record in told
        ],
        "is_public": public is not None,
        "hall_url": reverse("hall", args=[case.pk]) if has_hall(case, post, now=now) else "",
        "case_url": reverse("work_case" if post else "public_case", args=[case.pk]),
        "file_url": urls.get(opening_record.OF_CLOSING, ""),
        "note_url": urls.get(opening_proof.NOTE, ""),
        **signed_papers.context(closing, pdf_url=urls.get(papers.SIGNED, ""), is_waiting=public is not None),
    }
    response = render(request, "hall/closing_record.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


#: What a record of a closing is called, in the reader's language, by its Chinese name.
TITLES = {
    "报价信封开启记录": gettext_lazy("报价信封开启记录"),
    "最后报价开启记录": gettext_lazy("最后报价开启记录"),
    "响应文件开启记录": gettext_lazy("响应文件开启记录"),
}


def closing_title(closing: BidClosing) -> str:
    return str(TITLES[opening_record.title_of(closing)])


#: So much of its digest stands on every page of a record: by that it is found where papers are verified.
CODE_CHARACTERS = 16
#: Headings of the table of signatures under a record.
COLUMNS = (gettext_lazy("主持人"), gettext_lazy("单位"), gettext_lazy("时间"), gettext_lazy("留痕摘要"))


def unsigned(opening: Opening) -> bytes:
    """The paper of a record before its signature: what the page says, the same whoever asks and whenever."""
    assert opening.record is not None and opening.concluded_at is not None  # the Action asks for a record
    return _paper(
        opening.record,
        opening.case,
        template="hall/record_inside.html",
        title=_("开标记录表"),
        at=opening.concluded_at,
        signatures=paper.of_record(opening),
    )


def unsigned_closing(closing: BidClosing) -> bytes:
    """As `unsigned`, of the record of one closing as everybody may read it."""
    found = opening_record.shown(closing, inside=False)
    assert found is not None and closing.unsealed_at is not None  # the Action asks for a public record
    title = closing_title(closing)
    return _paper(
        found.document,
        closing.lot.case,
        template="hall/closing_record_inside.html",
        title=title,
        at=closing.unsealed_at,
        signatures=paper.of_closing(closing, digest=found.document_id),
    )


def _paper(
    document: Document,
    case: Case,
    *,
    template: str,
    title: str,
    at: datetime.datetime,
    signatures: Sequence[Signature],
) -> bytes:
    return typeset.pdf(
        typeset.Paper(
            title=formats.titled(title),
            number=case.number,
            author=case.buyer.name,
            html=render_to_string(template, {"case": case, "record": opening_record.read(document)}),
            lang="zh" if in_chinese() else "en",
            digest=document.digest,
            is_demo=case.is_demo,
            footer=_("%(number)s %(title)s　验证码 %(code)s")
            % {"number": case.number, "title": title, "code": document.digest[:CODE_CHARACTERS]},
            at=at,
            words=signed_papers.words(
                columns=COLUMNS,
                what=_(
                    "主持人在平台上结束开标，开标记录即告固定；签署的是下列摘要所对应的记录数据，可以在公开日志中核对。"
                ),
            ),
            signatures=[
                [one.subject.name, one.subject.organisation, formats.moment(one.at), one.reason[-16:]]
                for one in signatures
            ],
        )
    )
