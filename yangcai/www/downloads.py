"""How does a file leave the site? Always as a download: nothing that somebody uploaded is shown as a page of ours."""

from urllib.parse import quote

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from yangcai.kernel.documents import BadDocument, opened
from yangcai.kernel.models import Document
from yangcai.www import errors


def download(request: HttpRequest, document: Document, *, cache: str = "private, no-store") -> HttpResponseBase:
    """The stored bytes under their own name, so boxed in that even a browser that opens them runs nothing; a page that
    says so where they are not those that were handed in."""
    try:
        file = opened(document)
    except BadDocument as bad:
        return errors.no_file(request, document=document, why=bad)
    response = FileResponse(file, content_type=document.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = cache
    return response
