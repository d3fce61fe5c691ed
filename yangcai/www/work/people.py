"""Who belongs to my organisation, at which posts, and who acts for whom until when?"""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yangcai.kernel.actions import SCOPES, can, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.joining import InvitePerson, invite_person
from yangcai.parties.models import Person, Post
from yangcai.parties.roles import Role
from yangcai.www.access import page
from yangcai.www.work.offers import offers

#: An organisation has few people; whoever has more looks at the page of the organisation.
SHOWN = 200


@page()
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of this organisation with all posts, past ones too, and what may be done with each."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    rows = list(
        SCOPES[Post](post, now)
        .filter(organisation_id=post.organisation_id)
        .select_related("person", "organisation", "delegated_from__person")
        .order_by("person__name", "person_id", "-from_on", "pk")[:SHOWN]
    )
    found = offers([post.organisation, *rows], post=post, now=now).of("post", "person")
    links: dict[int, list[object]] = {}
    for offer in found.open:
        if isinstance(offer.subject, Post):
            links.setdefault(offer.subject.pk, []).append(offer)
    grouped = [
        (person, [(row, row.is_valid_at(now), links.get(row.pk, [])) for row in held])
        for person, held in ((p, list(h)) for p, h in groupby(rows, lambda row: row.person))
    ]
    # An expert, whose post this reader does not see, is not somebody without one.
    without = Person.objects.filter(employer_id=post.organisation_id, is_active=True, expert=None)
    without = without.exclude(posts__organisation_id=post.organisation_id).order_by("name")[:SHOWN]
    general = [offer for offer in found.open if not isinstance(offer.subject, Post)]
    general.sort(key=lambda offer: offer.action.code != invite_person.code)  # nobody has a post before coming in
    context = {"grouped": grouped, "without": without, "offers": general, "now": now}
    return render(request, "work/people.html", context)


@page(by={Role.ADMINISTRATOR}, methods=("GET", "POST"))
def invite(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: the login name and the link, which are shown this once."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    organisation = post.organisation
    if request.method != "POST":
        refusals = can(invite_person, organisation, by=post, now=now)
        form = InvitePerson(subject=organisation, by=post, now=now)
        return render(request, "work/invite.html", {"form": form, "refusals": refusals, "hint": hint()})
    try:
        done = perform(invite_person, organisation, by=post, now=now, form_data=request.POST)
    except Refused as refused:
        form = InvitePerson(request.POST, subject=organisation, by=post, now=now)
        context = {"form": form, "refusals": refused.refusals, "hint": hint()}
        return render(request, "work/invite.html", context, status=422)
    username, _colon, secret = done.value.partition(":")
    link = request.build_absolute_uri(reverse("account_invitation", args=[secret]))
    answer = render(request, "work/invited.html", {"username": username, "link": link})
    answer["Cache-Control"] = "no-store"
    return answer


def hint() -> str:
    """What the Action says of itself."""
    from yangcai.kernel.refusals import in_chinese

    return invite_person.hint[0 if in_chinese() else 1]
