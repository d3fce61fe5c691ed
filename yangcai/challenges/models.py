"""What do suppliers and the public ask, and what were they answered? (Objections and complaints join here.)"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.models import Root, Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models import Prequalification


class Enquiry(Rooted):
    """询问: a supplier's question; the answer is due in 3 working days (条例 art. 52)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="enquiries", verbose_name=_("采购项目"))
    prequalification = models.ForeignKey(
        Prequalification,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("资格预审"),
    )
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("供应商"))
    question = models.TextField(_("询问内容"))
    asked_at = models.DateTimeField(_("收到时间"))
    answer = models.TextField(_("答复"), default="", blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("询问")

    def __str__(self) -> str:
        return self.question

    @property
    def root(self) -> Root:
        """What it is about: before the case is published its prequalification is all that a supplier sees."""
        return self.prequalification or self.case


class Asker(models.TextChoices):
    """As whom somebody asks: only a supplier is owed an answer by 条例 art. 52."""

    SUPPLIER = "supplier", _("供应商")
    PERSON = "person", _("个人")
    OTHER = "other", _("其他单位")


class PublicEnquiry(Root):
    """公众询问: asked on the portal by anybody, without an account; read again by its number and a code. What was
    asked is shown to nobody but those who answer; what is published is a wording of theirs."""

    number = models.TextField(_("询问编号"), unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("答复单位"))
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="public_enquiries", verbose_name=_("采购项目")
    )
    asker = models.TextField(_("询问人类别"), choices=Asker.choices)
    title = models.TextField(_("主题"))
    question = models.TextField(_("询问内容"))
    asked_at = models.DateTimeField(_("收到时间"))
    code_digest = models.CharField(_("查询码摘要"), max_length=64)
    answer = models.TextField(_("答复"), default="", blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    public_title = models.TextField(_("公开的主题"), default="", blank=True)
    public_question = models.TextField(_("公开的问题"), default="", blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示"), default=False)

    class Meta:
        verbose_name = _("公众询问")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True)
                | (models.Q(answered_at__isnull=False) & ~models.Q(public_question="") & ~models.Q(public_title="")),
                name="only_an_answer_with_a_public_wording_is_published",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at"], name="public_answer_by_time", condition=models.Q(published_at__isnull=False)
            ),
            models.Index(fields=["organisation", "-asked_at"], name="public_enquiry_of_office"),
        ]

    def __str__(self) -> str:
        """By its number alone: messages are called so, and go out by e-mail; who asks may name people in the title."""
        return self.number

    @property
    def is_statutory(self) -> bool:
        """Whether 条例 art. 52 sets the time: a supplier asks about a purchase."""
        return self.asker == Asker.SUPPLIER and self.case_id is not None

    @property
    def entry_facts(self) -> dict[str, object]:
        """What the log keeps of it for ever: no name, no contact, not what was asked."""
        case = f"case:{self.case_id}" if self.case_id else ""
        return {"number": self.number, "to": f"organisation:{self.organisation_id}", "case": case, "as": self.asker}


class EnquiryContact(Rooted):
    """询问人联系方式: how to reach somebody who asked, if they said so; enciphered, and erased some time after the
    answer (rule enquiry.contact_kept)."""

    enquiry = models.OneToOneField(PublicEnquiry, models.PROTECT, related_name="contact", verbose_name=_("公众询问"))
    sealed = models.TextField(_("密封的联系方式"), default="", blank=True)
    erased_at = models.DateTimeField(_("清除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("询问人联系方式")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(sealed=""), name="what_is_erased_is_gone"
            )
        ]

    def __str__(self) -> str:
        return f"contact of {self.enquiry_id}"

    @property
    def root(self) -> PublicEnquiry:
        return self.enquiry
