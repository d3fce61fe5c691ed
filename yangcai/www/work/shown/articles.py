"""What of an article stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.portal.models import Article, ArticleVersion
from yangcai.www.work.shown.kind import Kind

ARTICLES: tuple[Kind, ...] = (
    Kind(Article, _("文章"), ("kind", "organisation", "begun_at", "withdrawn_at", "withdrawn_reason")),
    Kind(
        ArticleVersion,
        _("文章版本"),
        (
            "number",
            "title",
            "summary",
            "change",
            "drafted_at",
            "submitted_at",
            "returned_at",
            "return_reason",
            "published_at",
            "digest",
        ),
        order=("-number",),
    ),
)
