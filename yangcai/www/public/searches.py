"""Which searches does this person keep, and what is new in each?"""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yangcai import procedures
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Organisation
from yangcai.planning.models import Category
from yangcai.portal.models import SavedSearch
from yangcai.portal.notices.base import TYPES
from yangcai.portal.saved import MOST, wanted, with_counts
from yangcai.www.access import ACCOUNT, page
from yangcai.www.public.filters import LONGEST, Filters, as_query


@page(by=ACCOUNT, methods=("GET", "POST"))
def listing(request: HttpRequest) -> HttpResponse:
    """GET: the person's searches. POST: keep the filters of a list of notices."""
    if request.method == "POST":
        return _save(request)
    now = request.now  # type: ignore[attr-defined]
    own = list(_own(request).select_related("buyer"))
    return render(
        request,
        "public/searches.html",
        {
            "searches": [
                {"search": one, "count": count, "words": words(one), "feed_url": _address("notice_feed", one)}
                for one, count in with_counts(own, now=now)
            ]
        },
    )


@page(by=ACCOUNT, methods=("GET", "POST"))
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: to the notices it finds. POST: the same, and from now on they are no news; with ?do=delete it is dropped."""
    search = get_object_or_404(_own(request), pk=pk)
    if request.method == "POST" and request.POST.get("do") == "delete":
        search.delete()
        messages.success(request, _("已删除订阅的检索。"))
        return HttpResponseRedirect(reverse("searches"))
    if request.method == "POST":
        search.looked_at = request.now  # type: ignore[attr-defined]
        search.save(update_fields=["looked_at"])
    return HttpResponseRedirect(_address("notices", search))


def _own(request: HttpRequest) -> Any:
    return SavedSearch.objects.filter(person_id=request.user.pk)


def _address(name: str, search: SavedSearch) -> str:
    return f"{reverse(name)}?{urlencode(as_query(wanted(search)))}"


def _save(request: HttpRequest) -> HttpResponse:
    filters = Filters(request.POST).wanted()
    back = f"{reverse('notices')}?{urlencode(as_query(filters))}"
    buyer = Organisation.objects.filter(pk=filters.pop("buyer", None)).first()
    if not filters and buyer is None:
        messages.error(request, _("请先填写检索条件，再保存。"))
        return HttpResponseRedirect(reverse("notices"))
    if _own(request).count() >= MOST:
        messages.error(request, _("最多保存 %(n)d 个检索，请先删除不用的。") % {"n": MOST})
        return HttpResponseRedirect(reverse("searches"))
    now = request.now  # type: ignore[attr-defined]
    search = SavedSearch(person_id=request.user.pk, buyer=buyer, saved_at=now, looked_at=now, **filters)
    named = "".join(char for char in request.POST.get("title", "") if char.isprintable()).strip()
    search.title = named[:LONGEST] or "，".join(words(search))
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError:  # the same filters are kept already: two clicks, two windows
        messages.info(request, _("这个检索已经保存过了。"))
        return HttpResponseRedirect(back)
    messages.success(request, _("已保存。有新公告时，在“订阅的检索”中会看到数量。"))
    return HttpResponseRedirect(back)


def words(search: SavedSearch) -> list[str]:
    """Its filters in the reader's words."""
    method = procedures.PROCEDURES.get(search.procedure)
    kind = TYPES.get(search.kind)
    found = [
        search.text,
        kind.name if kind else "",
        str(dict(Category.choices).get(search.category, "")),
        (method.zh if in_chinese() else method.en) if method else "",
        search.buyer.name if search.buyer else "",
    ]
    return [word for word in found if word]
