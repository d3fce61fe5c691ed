"""Who comes to a door of SBP/1, with how much, and in which words is it turned away?

A bearer token or the session of a browser, either bound to a post; a session also brings the form token of the site
(X-CSRFToken), as its cookies come along on their own. Sizes are refused before a byte of the body is read.
"""

import datetime
import functools
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from yangcai.api import bodies, problem
from yangcai.api.sbp.stalls import Stalled
from yangcai.kernel import clock, documents
from yangcai.kernel.encoding import BadEncoding
from yangcai.kernel.inputs import number_of
from yangcai.kernel.refusals import Refused, in_chinese
from yangcai.kernel.wording import in_words
from yangcai.parties.queries import post_of_token
from yangcai.sealing.faults import Faulty
from yangcai.tendering.envelopes import BadPart
from yangcai.tendering.finalise import Mismatch, NotDurable, NotFound, NotVerified, TooLate

View = Callable[..., HttpResponse]
SMALL = 4 * 2**10
SAFE = frozenset({"GET", "HEAD"})

#: What finalising may be refused with: status, code and sentences.
REFUSED: dict[type[Exception], tuple[int, str, str, str]] = {
    TooLate: (409, "SB001", "投标已经截止，逾期送达的投标文件应当拒收", "Submission is closed: a late bid is refused"),
    Mismatch: (409, "SB002", "同一幂等键已用于另一声明", "This key stands for another statement"),
    NotVerified: (409, "SB003", "密封文件尚未核对", "The envelope has not been checked yet"),
}


def door(*methods: str, most: int = SMALL, public: bool = False, by_database: bool = False) -> Callable[[View], View]:
    """Declare a door: methods, the most bytes of a body, whether anybody may come, and whether what is asked for is in
    time or late by the database's clock (a finalise reads that itself, after its locks)."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                refusal = problem.problem(status=405, title="method not allowed", code="method")
                refusal["Allow"] = ", ".join(methods)
                return refusal
            said = number_of(request.META.get("CONTENT_LENGTH") or "0")
            if said is None or said > most:
                return too_large(most)
            now = clock.of_database() if by_database else clock.now()
            post = _post_of(request, now)
            if post is None and not public:
                return problem.unauthorized()
            language = "en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans"
            with override(language), in_words(None):
                return _answered(view, request, post=post, now=now, **kwargs)

        answer.is_api = True  # type: ignore[attr-defined]
        answer.by = "public" if public else "token"  # type: ignore[attr-defined]
        return answer

    return wrap


def _post_of(request: HttpRequest, now: datetime.datetime) -> Any:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return post_of_token(token.strip(), now=now) if scheme.lower() == "bearer" else None
    post = getattr(request, "post", None)  # chosen in the session
    if post is not None and request.method not in SAFE and not _is_from_our_page(request):
        return None
    return post


def _is_from_our_page(request: HttpRequest) -> bool:
    """Django's own check of the form token, which the site's middleware leaves to this door."""
    return CsrfViewMiddleware(lambda _request: HttpResponse()).process_view(request, _answered, (), {}) is None


def _answered(view: View, request: HttpRequest, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, **kwargs)
    except Refused as refused:
        return problem.refused(refused.refusals)
    except Faulty as faulty:
        return fault(faulty)
    except BadPart as bad:
        return problem.problem(status=422, title=str(bad), code=bad.code)
    except documents.BadDocument as bad:
        return problem.problem(status=422, title=str(bad), code=bad.code)
    except (bodies.BadBody, BadEncoding) as bad:
        return problem.bad_request(str(bad))
    except tuple(REFUSED) as refused:
        status, code, zh, en = REFUSED[type(refused)]
        return problem.problem(status=status, title=zh if in_chinese() else en, code=code)
    except NotFound:
        return problem.not_found()
    except documents.NoRoom:
        return problem.no_room()
    except documents.StoreDown:
        return problem.store_is_down()
    except (NotDurable, Stalled, OperationalError, InterfaceError):
        return unavailable()


def fault(faulty: Faulty) -> JsonResponse:
    """A fault that the protocol names, with what follows from it."""
    said = faulty.fault
    return problem.problem(
        status=422,
        title=said.zh if in_chinese() else said.en,
        code=said.code,
        detail=faulty.detail,
        consequence=said.consequence.zh if in_chinese() else said.consequence.en,
    )


def unavailable() -> JsonResponse:
    """Nothing is promised: the same request again, with the same key, finds out what became of it."""
    return problem.later(
        title="暂时不能确认，请用同一幂等键重试" if in_chinese() else "Not confirmed: retry with the same key",
        code="retry",
        seconds=1,
    )


def too_large(most: int) -> JsonResponse:
    return problem.problem(status=413, title=f"请求超过 {most} 字节 / more than {most} bytes", code="too-large")


def reply(data: Any, *, status: int = 200) -> JsonResponse:
    answer = JsonResponse(data, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def text(content: str, *, status: int = 200) -> HttpResponse:
    """Bytes that somebody signed: given out exactly as they are kept."""
    answer = HttpResponse(content.encode(), status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer
