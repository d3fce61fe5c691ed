"""How does a file leave the site? Always as a download: nothing that somebody uploaded is shown as a page of ours."""

from urllib.parse import quote

from django.http import FileResponse

from yangcai.kernel.documents import path_of
from yangcai.kernel.models import Document


def download(document: Document, *, cache: str = "private, no-store") -> FileResponse:
    """The stored bytes under their own name, so boxed in that even a browser that opens them runs nothing."""
    response = FileResponse(path_of(document.digest).open("rb"), content_type=document.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = cache
    return response
