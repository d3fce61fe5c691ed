"""What of an enquiry from the public stands on a page of the office that answers?"""

from django.utils.translation import gettext_lazy as _

from yangcai.challenges.models import PublicEnquiry
from yangcai.www.work.shown.kind import Kind

PUBLIC_ENQUIRIES: tuple[Kind, ...] = (
    Kind(
        PublicEnquiry,
        _("公众询问"),
        (
            "number",
            "asker",
            "case",
            "title",
            "question",
            "asked_at",
            "answer",
            "answered_at",
            "public_title",
            "public_question",
            "published_at",
        ),
        order=("-asked_at",),
    ),
)
