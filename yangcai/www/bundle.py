"""Which script seals a bid in the browser, and how does anybody see that it is the published one? (SBP/1 §2.11)

All that runs on a sealing page lies under one address that ends in the digest of it all; the page's policy lets nothing
else run. The digest stands in each bidder's statement. Whoever fetches the files computes it by
`sha256sum *.js | sha256sum`; the line `client` of the public log names it (`yangcai verify client`).
"""

import base64
import functools
import hashlib
import importlib.metadata
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from yangcai.www.access import PUBLIC, page
from yangcai.www.csp import POLICY

#: What the script calls itself in a statement (statement.js).
NAME = "yangcai-web"
_STATIC = Path(__file__).parent / "static" / "www"
#: The script of every page: countdown and rows of a form. It runs here too, so it counts.
_COMMON = _STATIC / "js" / "app.js"
#: Served under a digest, a file never changes.
_FOR_EVER = "public, max-age=31536000, immutable"


@functools.cache
def files() -> dict[str, bytes]:
    """Every file that runs on a sealing page, by its name, in the order of the digest."""
    paths = sorted([_COMMON, *(_STATIC / "sealing").glob("*.js")], key=lambda path: path.name)
    return {path.name: path.read_bytes() for path in paths}


def bundle_digest(content: dict[str, bytes]) -> str:
    """SHA-256, in hex, of the lines that `sha256sum` prints of the files, sorted by name."""
    lines = (f"{hashlib.sha256(content[name]).hexdigest()}  {name}\n" for name in sorted(content))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@functools.cache
def bundle_sha256() -> str:
    """The digest of the files that this process serves."""
    return bundle_digest(files())


def announced() -> dict[str, Any]:
    """The line `client` of the public log: which script this release serves, under which digest (SBP/1 §2.7, §2.11)."""
    return {
        "t": "client",
        "name": NAME,
        "release": importlib.metadata.version("yangcai"),
        "bundle_sha256": bundle_sha256(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files().items()},
    }


def integrity(name: str) -> str:
    """What the page demands of the file that it starts (subresource integrity)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(files()[name]).digest()).decode()


def address(name: str) -> str:
    """Where a file lies under the digest of them all."""
    return reverse("sealing_script", args=[bundle_sha256(), name])


def policy_for(request: HttpRequest) -> str:
    """The Content-Security-Policy of a sealing page: scripts from the one folder with that digest, nothing else."""
    folder = request.build_absolute_uri(address("seal.js")).removesuffix("seal.js")
    return POLICY.replace("script-src 'self'", f"script-src {folder}")


@page(by=PUBLIC)
def script(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """One file of the bundle. Another digest is another bundle: not here."""
    if digest != bundle_sha256() or name not in files():
        raise Http404
    answer = HttpResponse(files()[name], content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = _FOR_EVER
    return answer


@page(by=PUBLIC)
def bundle(request: HttpRequest) -> JsonResponse:
    """The digest of the bundle and of each file, for whoever compares it with the log every hour."""
    listed = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "url": address(name)}
        for name, content in files().items()
    ]
    answer = JsonResponse({"bundle_sha256": bundle_sha256(), "files": listed})
    answer["Cache-Control"] = "no-cache"
    return answer
