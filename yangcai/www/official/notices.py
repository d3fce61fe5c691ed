"""How is a notice taken away as a file? Its frozen facts as PDF/A, the same for everybody who asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.kernel.refusals import in_chinese
from yangcai.portal.models import Notice
from yangcai.www import formats, typeset
from yangcai.www.access import PUBLIC, page
from yangcai.www.official.pages import PDF, file
from yangcai.www.public.notices import code_of, sections


@page(by=PUBLIC)
def notice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """One published notice as PDF."""
    now = request.now  # type: ignore[attr-defined]
    notice = get_object_or_404(Notice.objects.select_related("buyer"), pk=pk, published_at__lte=now)
    made = typeset.pdf(paper(notice, url=request.build_absolute_uri(reverse("verify"))))
    return file(made, media=PDF, name=f"{notice.number}.pdf", cache="public, max-age=60")


def paper(notice: Notice, *, url: str) -> typeset.Paper:
    """What its page says, with the code and the address where it is typed."""
    code = code_of(notice)
    return typeset.Paper(
        title=notice.title,
        number=notice.number,
        author=notice.buyer.name,
        html=render_to_string("public/notice_inside.html", {"notice": notice, "sections": sections(notice)}),
        lang="zh" if in_chinese() else "en",
        digest=notice.digest,
        footer=_("验证码 %(code)s") % {"code": code},
        at=notice.published_at,
        is_demo=notice.is_demo,
        words={
            "proof": _("核对"),
            "what_is_signed": _("发布于 %(at)s。公告内容由下列摘要固定，发布后不可更改。")
            % {"at": formats.moment(notice.published_at)},
            "verify": _("在 %(url)s 输入验证码 %(code)s，核对本公告是否由本平台发布、现在是否仍然有效。")
            % {"url": url, "code": code},
        },
    )
