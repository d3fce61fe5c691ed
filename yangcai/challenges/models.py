"""What do suppliers and the public ask or object to, and what were they answered? (Complaints join here.)"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel.models import Root, Rooted
from yangcai.parties.models import Organisation
from yangcai.tendering.models import Prequalification, SignedAs


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


class ObjectionTarget(models.TextChoices):
    """What a supplier may object to (政府采购法 art. 52)."""

    DOCUMENT = "document", _("采购文件")
    PREQUALIFICATION = "prequalification", _("资格预审")
    PROCESS = "process", _("采购过程")
    RESULT = "result", _("中标（成交）结果")


class ObjectionConsequence(models.TextChoices):
    """What follows from an answer (财政部令第94号 art. 16)."""

    GO_ON = "go_on", _("继续开展采购活动")
    AMEND = "amend", _("澄清或者修改采购文件后继续开展采购活动")
    NEXT = "next", _("从合格的候选人中另行确定供应商")
    RESTART = "restart", _("重新开展采购活动")


class Objection(Rooted):
    """质疑: a supplier says in writing by what its interests were harmed; the answer is due in 7 working days
    (政府采购法 art. 52, 53). Without a lot it is about the document, or a step, of the whole case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="objections", verbose_name=_("采购项目"))
    number = models.TextField(_("质疑编号"), unique=True)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("质疑供应商"))
    target = models.TextField(_("质疑对象"), choices=ObjectionTarget.choices)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采购包"))
    stage = models.TextField(_("采购环节"), choices=Stage.choices, default="", blank=True)
    known_on = models.DateField(_("知道或者应知之日"))
    requests = models.TextField(_("与质疑事项相关的请求"))
    address = models.TextField(_("地址"))
    postcode = models.TextField(_("邮编"))
    contact = models.TextField(_("联系人"))
    phone = models.TextField(_("联系电话"))
    signed_as = models.TextField(_("签署方式"), choices=SignedAs.choices)
    received_at = models.DateTimeField(_("收到时间"))
    completion_asked = models.TextField(_("需要补正的事项"), default="", blank=True)
    completion_asked_at = models.DateTimeField(_("告知补正时间"), null=True, blank=True)
    completion = models.TextField(_("补正内容"), default="", blank=True)
    completed_at = models.DateTimeField(_("补正时间"), null=True, blank=True)
    harmless_reason = models.TextField(_("不影响结果的理由"), default="", blank=True)
    harmless_at = models.DateTimeField(_("认定不影响结果的时间"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("撤回理由"), default="", blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    consequence = models.TextField(_("处理结果"), choices=ObjectionConsequence.choices, default="", blank=True)
    explanation = models.TextField(_("处理结果的说明"), default="", blank=True)
    answered_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("质疑答复人")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    complaint_until = models.DateField(_("投诉期限届满之日"), null=True, blank=True)

    class Meta:
        verbose_name = _("质疑")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(answered_at__isnull=True),
                name="withdrawn_objection_has_no_answer",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, consequence="", answered_by__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(consequence=""),
                name="objection_answer_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["case", "received_at"], name="objection_of_case")]

    def __str__(self) -> str:
        """By its number: messages are called so, and leave the platform."""
        return f"质疑 {self.number}"

    @property
    def root(self) -> Case:
        return self.case

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def is_upheld(self) -> bool:
        """Whether it was right in a way that changes, or may change, the result."""
        return self.answered_at is not None and self.consequence != ObjectionConsequence.GO_ON


class ObjectionMatter(Rooted):
    """质疑事项: one thing objected to, on what facts and what law, and what was found (财政部令第94号 art. 12, 15)."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="matters", verbose_name=_("质疑"))
    number = models.PositiveSmallIntegerField(_("序号"))
    matter = models.TextField(_("质疑事项"))
    facts = models.TextField(_("事实依据"))
    legal_basis = models.TextField(_("法律依据"), default="", blank=True)
    is_founded = models.BooleanField(_("质疑成立"), null=True, blank=True)
    answer = models.TextField(_("答复内容"), default="", blank=True)
    answer_facts = models.TextField(_("答复的事实依据"), default="", blank=True)
    answer_basis = models.TextField(_("答复的法律依据"), default="", blank=True)

    class Meta:
        verbose_name = _("质疑事项")
        constraints = [models.UniqueConstraint(fields=["objection", "number"], name="one_matter_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.matter}"

    @property
    def root(self) -> Case:
        return self.objection.case
