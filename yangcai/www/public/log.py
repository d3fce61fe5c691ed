"""How is the public log fetched? As the files that lie there, by C2SP's paths; a web server in front may do it."""

import re
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from yangcai.kernel import log_files, log_proofs, sequencer
from yangcai.kernel.tlog import tiles
from yangcai.kernel.tlog.faults import Malformed
from yangcai.portal.models import Notice
from yangcai.portal.queries import leaf_of
from yangcai.www.access import PUBLIC, page

TEXT, BYTES, LINES = "text/plain; charset=utf-8", "application/octet-stream", "application/jsonl; charset=utf-8"
JSON = "application/json"
#: A checkpoint is new every few seconds; a tile is what it is.
SHORT, LONG = "public, max-age=5", "public, max-age=31536000, immutable"
_RECORD = re.compile(r"record/[0-9a-f]{64}", re.ASCII)
_DISCLOSED = re.compile(r"disclosed/(?:x[0-9]{3}/){0,6}[0-9]{3}", re.ASCII)
_SEEN = re.compile(r"seen/[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@page(by=PUBLIC)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """checkpoint, policy, tile/…, disclosed/…, seen/…, record/…: anybody may check all of it, with no account."""
    content_type, cache = _kind(name)
    path: Path = log_files.folder() / name
    try:
        response = HttpResponse(path.read_bytes(), content_type=content_type)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Http404 from error
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Access-Control-Allow-Origin"] = "*"  # a page of somebody else's may check us too
    return response


@page(by=PUBLIC)
def notice_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The `.tlog-proof` of a notice, with its line in clear in it; 202 until the line is merged, within a minute."""
    notice = get_object_or_404(Notice, pk=pk, published_at__lte=request.now)  # type: ignore[attr-defined]
    text = log_proofs.proof_of(leaf_of(notice))
    if text is None:
        return HttpResponse(status=202, headers={"Retry-After": str(sequencer.INTERVAL)})
    response = HttpResponse(text, content_type=TEXT)
    response["Content-Disposition"] = f"attachment; filename=notice-{notice.pk}.tlog-proof"
    return response


def _kind(name: str) -> tuple[str, str]:
    """Content type and caching of a path that the log has; any other one is not found."""
    if name in {log_files.CHECKPOINT, log_files.POLICY}:
        return TEXT, SHORT
    if _DISCLOSED.fullmatch(name) or _SEEN.fullmatch(name):
        return LINES, SHORT
    if _RECORD.fullmatch(name):
        return JSON, LONG
    try:
        tiles.parse_path(name)
    except Malformed as error:
        raise Http404 from error
    return BYTES, LONG
