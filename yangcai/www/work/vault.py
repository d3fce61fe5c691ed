"""Which papers and which commitment does my organisation keep here for its bids, and what expires soon?"""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.credit.models import Commitment
from yangcai.kernel.models import Attachment
from yangcai.notifications.kinds.credential_expiring import DAYS
from yangcai.parties.credentials import KEEPERS, KIND
from yangcai.parties.models import Credential, Post
from yangcai.parties.queries import vault as kept_by
from yangcai.www.access import page
from yangcai.www.work.offers import offers


@page(by=KEEPERS)
def vault(request: HttpRequest) -> HttpResponse:
    """The papers, each with how long it is valid and what may be done; beside them the commitment."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    papers = list(kept_by(post.organisation))
    commitment = Commitment.objects.filter(organisation_id=post.organisation_id, withdrawn_at__isnull=True).first()
    found = offers([post.organisation, *papers, *([commitment] if commitment else [])], post=post, now=now)
    found = found.of("credential", "commitment")
    links: dict[str, list[object]] = {}
    for offer in found.open:
        links.setdefault(offer.subject.ref, []).append(offer)
    files = _files(papers, post)
    return render(
        request,
        "work/vault.html",
        {
            "lines": [
                (paper, *state(paper, on=timezone.localdate(now)), files.get(paper.ref, ""), links.get(paper.ref, []))
                for paper in papers
            ],
            "commitment": commitment,
            "of_commitment": links.get(commitment.ref, []) if commitment else [],
            "general": links.get(post.organisation.ref, []),
            "now": now,
        },
    )


def state(paper: Credential, *, on: datetime.date) -> tuple[str, str]:
    """A word for how long it is valid, and its tone."""
    if paper.valid_to_on is None:
        return _("长期有效"), "ok"
    left = (paper.valid_to_on - on).days
    if left < 0:
        return _("已过期"), "bad"
    return (_("即将到期"), "warn") if left <= max(DAYS) else (_("有效"), "ok")


def _files(papers: list[Credential], post: Post) -> dict[str, str]:
    """Reference -> the address of its file."""
    kept = Attachment.objects.filter(root=post.organisation.ref, kind=KIND, subject__in=[paper.ref for paper in papers])
    return {one.subject: reverse("work_file", args=[one.pk]) for one in kept}
