"""How does the API say no? RFC 9457 problem documents that carry every Refusal with its article."""

from typing import Any

from django.http import JsonResponse

from yangcai.kernel.refusals import Refusal, in_chinese

#: refusal code -> status; the rest of the rules answer 422
STATUS = {
    "role_may_not": 403,
    "post_expired": 403,
    "not_yours": 403,
    "stale_form": 409,
    "wrong_stage": 409,
    "idempotency_mismatch": 409,
    "case_suspended": 409,
}


def problem(*, status: int, title: str, code: str, refusals: list[Refusal] = (), **more: Any) -> JsonResponse:  # type: ignore[assignment]
    return JsonResponse(
        {
            "type": f"/api/v1/problems/{code}",
            "title": title,
            "status": status,
            "code": code,
            "refusals": [r.told() for r in refusals],
            **more,
        },
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def refused(refusals: list[Refusal]) -> JsonResponse:
    """One answer for all reasons; a post's own lack comes first, then conflicts, then rules."""
    statuses = {STATUS.get(r.code, 422) for r in refusals}
    status = next(s for s in (403, 409, 422) if s in statuses)
    return problem(status=status, title=refusals[0].text, code="refused", refusals=refusals)


def not_found() -> JsonResponse:
    """The same answer for what does not exist and for what is not yours to see."""
    return problem(status=404, title="没有找到 / not found", code="not-found")


def unauthorized() -> JsonResponse:
    answer = problem(status=401, title="令牌无效 / invalid token", code="unauthorized")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def bad_request(detail: str) -> JsonResponse:
    return problem(status=400, title=detail, code="bad-request")


def broken(incident: str) -> JsonResponse:
    """Ours is the fault, and the log has it under this number."""
    return problem(
        status=500, title=f"平台出错，编号 {incident} / incident {incident}", code="broken", incident=incident
    )


def too_large(*, limit: int) -> JsonResponse:
    """Said before a byte of the body is read."""
    megabytes = limit // 2**20
    return problem(status=413, title=f"请求超过 {megabytes} MB / more than {megabytes} MB", code="too-large")


def later(*, title: str, code: str, seconds: int) -> JsonResponse:
    """503, and after how many seconds to come again."""
    answer = problem(status=503, title=title, code=code)
    answer["Retry-After"] = str(seconds)
    return answer


def no_room() -> JsonResponse:
    """Nothing is lost: parts that came in are there, and what was verified can be handed in all the same."""
    return later(
        title="平台存储空间不足，暂不接收新的上传；已上传的部分不受影响，请稍后重试"
        if in_chinese()
        else "The platform's storage is nearly full: no new upload for now; what came in is kept, retry later",
        code="no-room",
        seconds=60,
    )


def store_is_down() -> JsonResponse:
    """Try again; and when the deadline is near, bind the digest instead and let the bytes follow."""
    return later(
        title="文件存储暂时不能接收，请重试；临近截止的，可先以摘要递交，随后补传"
        if in_chinese()
        else "The file store takes no files now: retry, or near the deadline hand in the digest; the bytes follow",
        code="store",
        seconds=1,
    )
