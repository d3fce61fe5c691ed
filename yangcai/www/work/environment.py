"""Is this device ready to bid: browser, clock, network, and a bid sealed and opened for a try? (环境自检)

The page does it all in the browser; the server says what time it has, and counts bytes that it throws away at once.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from yangcai.parties.roles import Role
from yangcai.www import bundle
from yangcai.www.access import page

#: What is sent to measure how fast a bid goes up; more would keep somebody with a slow line waiting.
PROBE = 2 * 2**20
#: An ordinary bid, by which the time to send one is told.
ORDINARY = 50 * 2**20
#: Clocks further apart than this are told: the server's counts, the reader's own misleads its owner alone.
SKEW_SECONDS = 60
#: The modules of the sealing client that are tried.
TRIED = ("hpke.js", "shares.js", "encoding.js")


def takes(**address: Any) -> int:
    """The probe, and nothing longer."""
    return PROBE


@page(by={Role.SUPPLIER})
def environment(request: HttpRequest) -> HttpResponse:
    """What is looked at, each with what it is for; the browser writes what it found, and keeps it for the task list."""
    given = {
        "probe": reverse("environment_probe"),
        "size": PROBE,
        "ordinary": ORDINARY,
        "skew": SKEW_SECONDS,
        "modules": {name.removesuffix(".js"): bundle.address(name) for name in TRIED},
    }
    return render(request, "work/environment.html", {"given": given})


@page(by={Role.SUPPLIER}, methods=("POST",), takes=takes)
def probe(request: HttpRequest) -> HttpResponse:
    """How many bytes came, and what the time is; nothing of it is kept."""
    return JsonResponse({"bytes": len(request.body), "now": request.now.isoformat()})  # type: ignore[attr-defined]
