"""JSON over the action registry and the read models: the same Actions, rules and scopes as the pages."""

import datetime
import functools
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt

from yangcai.api import bodies, feed, openapi, problem, resources
from yangcai.cases import words
from yangcai.cases.models import Case, Lot
from yangcai.kernel import clock, documents, log_index, tasks, wording
from yangcai.kernel.actions import ACTIONS, SCOPES, can, is_about, perform, rehearse
from yangcai.kernel.inputs import number_of
from yangcai.kernel.reading import reading
from yangcai.kernel.refusals import Refused
from yangcai.kernel.wording import in_words
from yangcai.ocds.release import record, record_package, release_package, releases
from yangcai.ocds.rows import read
from yangcai.parties.queries import post_of_token
from yangcai.portal.notices.base import TYPES
from yangcai.portal.queries import search_notices
from yangcai.tendering import preflight
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter

PAGE = 100
PAGE_MAX = 1000
View = Callable[..., HttpResponse]


def endpoint(*methods: str, public: bool = False) -> Callable[[View], View]:
    """Bearer token → Post, one language per request, problems as documents, in the words of the method by which the row
    that was asked for is bought. It reads no cookie, so it needs no CSRF."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                refusal = problem.problem(status=405, title="method not allowed", code="method")
                refusal["Allow"] = ", ".join(methods)
                return refusal
            if bodies.is_too_large(request):
                return problem.too_large(limit=bodies.limit_of(request))
            now = clock.now()
            scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
            post = post_of_token(token.strip(), now=now) if scheme.lower() == "bearer" else None
            if post is None and (scheme or not public):
                return problem.unauthorized()
            language = "en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans"
            with override(language), in_words(None):
                try:
                    return view(request, post=post, now=now, **kwargs)
                except Refused as refused:
                    return problem.refused(refused.refusals)
                except documents.BadDocument as bad:
                    return problem.problem(status=422, title=str(bad), code=bad.code)
                except documents.NoRoom:
                    return problem.no_room()
                except documents.StoreDown:
                    title = "文件存储暂时不能接收，请重试 / the file store takes no files now: retry"
                    return problem.later(title=title, code="store", seconds=1)
                except RequestDataTooBig:
                    return problem.too_large(limit=bodies.limit_of(request))
                except (bodies.BadBody, MultiPartParserError, SuspiciousOperation) as bad:
                    return problem.bad_request(str(bad))

        answer.is_api = True  # type: ignore[attr-defined]
        answer.by = "public" if public else "token"  # type: ignore[attr-defined]
        return answer

    return wrap


def asked_for(model: Any, pk: int, post: Any, now: datetime.datetime) -> Any:
    """The row if this post may see it, else None; from here on its method's words are spoken."""
    row = resources.fetch(model, pk, post, now)
    if row is not None:
        wording.speak(words.of(row))
    return row


def reply(data: Any, *, status: int = 200) -> JsonResponse:
    answer = JsonResponse(data, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def cursor(request: HttpRequest, *, start: int, name: str = "after") -> tuple[int, int]:
    """(after, limit) of a list. Raises BadBody."""
    after, limit = number_of(request.GET.get(name, str(start))), number_of(request.GET.get("limit", str(PAGE)))
    if after is None or limit is None:
        raise bodies.BadBody("after and limit are whole numbers")
    return after, max(1, min(limit, PAGE_MAX))


@endpoint("GET", public=True)
def schema(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    return reply(openapi.document(get_language() or "zh-hans"))


@endpoint("GET")
def me(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    """Through which post does this token act?"""
    return reply({"post": post.pk, "role": post.role, "organisation": post.organisation.name, "now": now.isoformat()})


@endpoint("GET", public=True)
def listing(request: HttpRequest, *, path: str, post: Any, now: datetime.datetime) -> HttpResponse:
    """Rows that this post may see, by id; `after` is the cursor."""
    resource = resources.RESOURCES.get(path)
    if resource is None:
        return problem.not_found()
    after, limit = cursor(request, start=0)
    shown = SCOPES[resource.model](post, now).prefetch_related(*resource.prefetch)
    rows = list(shown.filter(pk__gt=after).order_by("pk")[:limit])
    with reading():  # what may be told of one row is often what may be told of the next
        items = [resources.show(r, post, now) for r in rows]
    return reply(
        {
            "items": items,
            "next": rows[-1].pk if rows else None,
            "at": now.isoformat(),
        }
    )


@endpoint("GET", public=True)
def detail(request: HttpRequest, *, path: str, pk: int, post: Any, now: datetime.datetime) -> HttpResponse:
    resource = resources.RESOURCES.get(path)
    row = asked_for(resource.model, pk, post, now) if resource else None
    if row is None:
        return problem.not_found()
    answer = reply(resources.show(row, post, now, whole=True))
    version = getattr(row.root, "version", None)
    if version is not None:
        answer["ETag"] = f'"{version}"'
    return answer


@endpoint("GET")
def open_actions(request: HttpRequest, *, path: str, pk: int, post: Any, now: datetime.datetime) -> HttpResponse:
    """Which Actions are there on this row for this post, and what stands in the way of each?"""
    model = openapi.model_of(path)
    row = asked_for(model, pk, post, now) if model else None
    if row is None:
        return problem.not_found()
    return reply(
        {
            "items": [
                {"code": a.code, "title": a.title, "refusals": [r.told() for r in can(a, row, by=post, now=now)]}
                for a in ACTIONS.values()
                if a.on is model and post.role in a.by and is_about(a, row, by=post, now=now)
            ]
        }
    )


@endpoint("POST")
def act(request: HttpRequest, *, path: str, pk: int, code: str, post: Any, now: datetime.datetime) -> HttpResponse:
    """Perform one Action. Headers: Idempotency-Key, If-Match (version). `?dry_run=1` answers without writing."""
    action, model = ACTIONS.get(code), openapi.model_of(path)
    if action is None or model is None or action.on is not model:
        return problem.not_found()
    row = asked_for(model, pk, post, now)
    if row is None:
        return problem.not_found()
    data, files = bodies.body_of(request)
    wrong = list(bodies.of_wrong_type(action, data) if files is None else bodies.unknown_parts(action, data, files))
    if wrong:
        raise Refused(wrong)
    if request.GET.get("dry_run"):
        rehearse(action, row, by=post, now=now, form_data=data, files=files)
        return reply({"dry_run": True})
    done = perform(
        action,
        row,
        by=post,
        now=now,
        idempotency_key=bodies.idempotency_key(request),
        expected_version=bodies.expected_version(request),
        form_data=data,
        files=files,
    )
    return reply(
        {
            "entry": log_index.shown(done.entry),
            "again": done.again,
            "value": openapi.reference(done.value),
            "notices": [n.number for n in done.notices],
        },
        status=200 if done.again else 201,
    )


@endpoint("GET")
def explanation(request: HttpRequest, *, pk: int, post: Any, now: datetime.datetime) -> HttpResponse:
    """Why the addressee of a letter did not win: its own figures, and its remedy with the last day."""
    letter = asked_for(AwardLetter, pk, post, now)
    return reply(explain(letter, now=now).as_dict()) if letter else problem.not_found()


@endpoint("POST")
def preflight_of(request: HttpRequest, *, pk: int, post: Any, now: datetime.datetime) -> HttpResponse:
    """The formal rules of the evaluation on a draft bid: the body of bid.submit, and in `?met=1,2` the clauses that
    the bidder says it meets. Nothing of it is kept, and no Entry is made."""
    action, lot = ACTIONS["bid.submit"], asked_for(Lot, pk, post, now)
    if lot is None:
        return problem.not_found()
    if refusals := can(action, lot, by=post, now=now):
        raise Refused(refusals)
    data, files = bodies.body_of(request)
    wrong = list(bodies.of_wrong_type(action, data) if files is None else bodies.unknown_parts(action, data, files))
    if wrong:
        raise Refused(wrong)
    form = action.input(data, files, subject=lot, by=post, now=now)
    met = frozenset(n for part in request.GET.get("met", "").split(",") if (n := number_of(part)) is not None)
    return reply({"items": [one.as_dict() for one in preflight.of_form(form, met=met)]})


@endpoint("POST")
def upload(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    """Bring in a file; its digest may then be handed to an Action by the same person."""
    file = request.FILES.get("file")
    if file is None:
        return problem.bad_request("multipart field `file` is missing")
    document = documents.store(file=file, person_id=post.person_id, now=now)
    return reply({"digest": document.digest, "size": document.size, "media_type": document.media_type}, status=201)


@endpoint("GET")
def worklist(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    """What this post should do, most urgent first."""
    rows = tasks.of_post(post, now=now)[:PAGE]
    return reply(
        {
            "items": [
                {
                    "action": t.action,
                    "subject": t.subject,
                    "root": t.root,
                    "title": t.title,
                    "clock": t.clock,
                    "due_at": t.due_at.isoformat() if t.due_at else None,
                }
                for t in rows
            ]
        }
    )


@endpoint("GET", public=True)
def notices(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    """Published notices, searched in Chinese by `q`, filtered by `kind`, newest first; `after` is the last id seen."""
    kind = request.GET.get("kind", "")
    if kind and kind not in TYPES:
        raise bodies.BadBody(f"kind: {', '.join(TYPES)}")
    after, limit = cursor(request, start=0)
    found = search_notices(text=request.GET.get("q", ""), kind=kind, now=now).order_by("-pk")
    if after > 0:
        found = found.filter(pk__lt=after)
    shown = list(found[:limit])
    return reply(
        {
            "next": shown[-1].pk if shown else None,
            "items": [
                {
                    "id": n.pk,
                    "number": n.number,
                    "kind": n.kind,
                    "title": n.title,
                    "published_at": n.published_at.isoformat(),
                    "digest": n.digest,
                    "facts": n.facts,
                }
                for n in shown
            ],
        }
    )


@endpoint("GET", public=True)
def changes(request: HttpRequest, *, post: Any, now: datetime.datetime) -> HttpResponse:
    """The change feed: Entries after a log index, in order, without loss."""
    _number, limit = cursor(request, start=0, name="")
    try:
        return reply(feed.page(after=request.GET.get("after", ""), limit=limit, post=post, now=now))
    except log_index.UnknownIndex as error:
        raise bodies.BadBody("after: the `next` of an earlier answer") from error


@endpoint("GET", public=True)
def ocds_releases(request: HttpRequest, *, pk: int, post: Any, now: datetime.datetime) -> HttpResponse:
    """Every OCDS release of a published case. OCDS is public data: it never shows more than the public may see."""
    case = resources.fetch(Case, pk, None, now)
    if case is None:
        return problem.not_found()
    addresses = {"uri": request.build_absolute_uri(), "policy": request.build_absolute_uri(reverse("data_policy"))}
    return reply(release_package(releases(read(case), now=now), now=now, **addresses))


@endpoint("GET", public=True)
def ocds_record(request: HttpRequest, *, pk: int, post: Any, now: datetime.datetime) -> HttpResponse:
    """The OCDS record of a published case, with its compiled release."""
    case = resources.fetch(Case, pk, None, now)
    if case is None:
        return problem.not_found()
    addresses = {"uri": request.build_absolute_uri(), "policy": request.build_absolute_uri(reverse("data_policy"))}
    return reply(record_package([record(read(case), now=now)], now=now, **addresses))
