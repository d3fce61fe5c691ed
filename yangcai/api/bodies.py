"""What did the caller send, and may we look at it? Sizes are refused before reading, wrong JSON with its place."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import jsonschema_rs
from django.conf import settings
from django.http import HttpRequest

from yangcai.kernel.actions import Action
from yangcai.kernel.inputs import number_of
from yangcai.kernel.refusals import Refusal

MULTIPART = "multipart/form-data"
#: What the parts of a form need around their files.
AROUND_FILES = 2**20
#: An input is an object of rows of values; what is nested deeper is an attack on our stack.
DEPTH = 8
KEY_LENGTH = 200
TYPES = {
    "string": ("文本", "a text"),
    "integer": ("整数", "a whole number"),
    "number": ("数", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("对象", "an object"),
}


class BadBody(ValueError):
    """The body cannot be read at all; the message says why."""


def limit_of(request: HttpRequest) -> int:
    """The most bytes that this request may bring: a file with what is around it, or JSON without files."""
    if request.content_type == MULTIPART:
        return int(settings.YANGCAI_UPLOAD_MAX_BYTES) + AROUND_FILES
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def is_too_large(request: HttpRequest) -> bool:
    """By what the caller says it will send; the server reads no more than that."""
    said = number_of(request.META.get("CONTENT_LENGTH") or "0")
    return said is None or said > limit_of(request)


def body_of(request: HttpRequest) -> tuple[Any, Any]:
    """(data, files) of a JSON or multipart request. Raises BadBody."""
    if request.content_type == MULTIPART:
        return request.POST, request.FILES
    if not request.body:
        return {}, None
    try:
        # Decimal, not float: 0.10 yuan stays 0.10 yuan.
        data = json.loads(request.body, parse_float=_decimal, parse_constant=_refuse_constant)
        json.dumps(data, ensure_ascii=False, default=str).encode()  # a lone surrogate is no text
    except RecursionError as error:
        raise BadBody("请求体嵌套过深 / the body is nested too deeply") from error
    except (ValueError, UnicodeError) as error:
        raise BadBody(f"请求体不是有效的 JSON / the body is not valid JSON: {error}"[:300]) from error
    if not isinstance(data, dict):
        raise BadBody("请求体应为 JSON 对象 / the body must be a JSON object")
    if _depth(data) > DEPTH:
        raise BadBody("请求体嵌套过深 / the body is nested too deeply")
    return _said(data), None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:  # an exponent beyond what even Decimal can hold
        raise ValueError("a number is out of range") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _depth(data: Any) -> int:
    deepest, waiting = 0, [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(one, depth + 1) for one in inner]
    return deepest


def _said(data: Any) -> Any:
    """Without the nulls: a value that is null is a value that was not given."""
    if isinstance(data, dict):
        return {key: _said(value) for key, value in data.items() if value is not None}
    return [_said(value) for value in data] if isinstance(data, list) else data


@cache
def _validator(action: Action) -> Any:
    return jsonschema_rs.validator_for(action.input.schema())


def of_wrong_type(action: Action, data: dict[str, Any]) -> Iterator[Refusal]:
    """What has the wrong JSON type. Everything else is the form's to say, in words that people read too."""
    for error in _validator(action).iter_errors(_comparable(data)):
        if not isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Type):
            continue
        names = [TYPES[name] for name in error.kind.types]
        place = [str(step + 1) if isinstance(step, int) else str(step) for step in error.instance_path]
        where = " / ".join(place)
        yield Refusal(
            "invalid_input",
            f"{where}：应为{'或'.join(zh for zh, _en in names)}",
            f"{where}: must be {' or '.join(en for _zh, en in names)}",
            field=place[0] if place else "",
        )


def _comparable(data: Any) -> Any:
    """The schema knows JSON's own numbers only, and none that does not fit into 64 bits."""
    if isinstance(data, dict):
        return {key: _comparable(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_comparable(value) for value in data]
    if isinstance(data, Decimal):
        return 0.5
    return max(-(2**62), min(data, 2**62)) if isinstance(data, int) and not isinstance(data, bool) else data


def unknown_parts(action: Action, data: Any, files: Any) -> list[Refusal]:
    """Parts of a multipart body that no field has (JSON's are refused by the form itself)."""
    fields = set(action.input.base_fields)
    names = {*data, *(files or ())}
    return [
        Refusal("unknown_field", f"没有“{name}”这一项", f"There is no field “{name}”", field=name)
        for name in sorted(names)
        if name not in fields and name.partition("-")[0] not in fields
    ]


def idempotency_key(request: HttpRequest) -> str | None:
    """The key under which a retried request gets the first answer. Raises BadBody."""
    key = request.headers.get("Idempotency-Key") or None
    if key is not None and (len(key) > KEY_LENGTH or not key.isprintable()):
        raise BadBody(f"Idempotency-Key: at most {KEY_LENGTH} printable characters")
    return key


def expected_version(request: HttpRequest) -> int | None:
    """The version in If-Match, as detail pages give it in ETag. Raises BadBody."""
    said = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not said:
        return None
    version = number_of(said, digits=9)
    if version is None:
        raise BadBody('If-Match: a version such as "3"')
    return version
