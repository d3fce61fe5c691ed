"""Who takes part: organisations, people, the posts through which people act, and experts."""

import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.models import Root, Rooted
from yangcai.parties.roles import Role


class OrganisationKind(models.TextChoices):
    BUYER = "buyer", _("采购人")
    AGENT = "agent", _("采购代理机构")
    CENTRAL_AGENT = "central_agent", _("集中采购机构")
    SUPPLIER = "supplier", _("供应商")
    TREASURY = "treasury", _("财政部门")
    EXPERT_UNIT = "expert_unit", _("专家所在单位")
    PLATFORM = "platform", _("平台")


class Size(models.TextChoices):
    """企业规模 (工信部联企业〔2011〕300号)."""

    LARGE = "large", _("大型企业")
    MEDIUM = "medium", _("中型企业")
    SMALL = "small", _("小型企业")
    MICRO = "micro", _("微型企业")


class Organisation(Root):
    """主体: a buyer, agent, supplier or authority."""

    name = models.TextField(_("名称"), unique=True)
    kind = models.TextField(_("类别"), choices=OrganisationKind.choices)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True, null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("主管预算单位"))
    jurisdiction = models.TextField(_("行政区划代码"), default="620171")
    address = models.TextField(_("地址"), default="", blank=True)
    contact = models.TextField(_("联系方式"), default="", blank=True)
    size = models.TextField(_("企业规模"), choices=Size.choices, default="", blank=True)
    is_prison_enterprise = models.BooleanField(_("监狱企业"), default=False)
    is_disabled_welfare = models.BooleanField(_("残疾人福利性单位"), default=False)

    class Meta:
        verbose_name = _("主体")

    def __str__(self) -> str:
        return self.name

    @property
    def is_small_micro(self) -> bool:
        """Treated as small or micro (财库〔2020〕46号; 财库〔2014〕68号; 财库〔2017〕141号)."""
        return self._is_one_of(Size.SMALL, Size.MICRO)

    @property
    def is_sme(self) -> bool:
        return self._is_one_of(Size.MEDIUM, Size.SMALL, Size.MICRO)

    def _is_one_of(self, *sizes: str) -> bool:
        """What a large enterprise holds or manages is none, whatever its own size (财库〔2020〕46号 art. 2)."""
        if self.is_prison_enterprise or self.is_disabled_welfare:
            return True
        return self.size in sizes and (self.parent is None or self.parent.size != Size.LARGE)


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, username: str, password: str | None = None, **extra: object) -> "Person":
        person = self.model(username=username, **extra)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    """人员: somebody who signs in; what they may do comes from their posts alone."""

    username = models.CharField(_("登录名"), max_length=64, unique=True)
    name = models.TextField(_("姓名"))
    email = models.EmailField(_("电子邮箱"), blank=True, default="")
    is_active = models.BooleanField(_("启用"), default=True)
    #: With which organisation the person came; posts at others are the platform's to give.
    employer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("所在单位")
    )

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """No permission outside Actions: there is no superuser."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Post(Rooted):
    """岗位: person × organisation × role × from–to. Every Action is performed through one."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name=_("人员"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name=_("单位"))
    role = models.TextField(_("角色"), choices=Role.choices)
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"), null=True, blank=True)
    #: Whose post this is, where somebody acts for its holder for a time (parties/delegation.py).
    delegated_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="delegated_to", verbose_name=_("委托人岗位")
    )
    recalled_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("岗位")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role", "from_on"],
                name="one_post_per_role",
                condition=models.Q(recalled_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}（{self.get_role_display()}）"

    @property
    def root(self) -> Organisation:
        return self.organisation

    def is_valid_at(self, now: datetime.datetime) -> bool:
        today = timezone.localdate(now)
        is_in_time = self.from_on <= today and (self.to_on is None or today <= self.to_on)
        stands = self.recalled_at is None and (self.delegated_from is None or self.delegated_from.is_valid_at(now))
        return self.person.is_active and is_in_time and stands

    @property
    def person_ids(self) -> frozenset[int]:
        """Who acts here in the eyes of the separation of duties: the person, and the one whom it acts for."""
        holder = {self.delegated_from.person_id} if self.delegated_from else set()
        return frozenset({self.person_id, *holder})

    @property
    def acting_posts(self) -> "models.QuerySet[Post, Any]":
        """The posts through which others act for one of `person_ids`, for a subquery."""
        return Post.objects.filter(delegated_from__person__in=self.person_ids).values("pk")


class Invitation(models.Model):
    """邀请: the way in for somebody who has no password yet. Used once, within its time; only its SHA-256 is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations", verbose_name=_("人员"))
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("发出时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True)

    class Meta:
        verbose_name = _("邀请")

    def __str__(self) -> str:
        return f"{self.person} {self.made_at:%Y-%m-%d}"


class CredentialKind(models.TextChoices):
    LICENCE = "licence", _("营业执照")
    FINANCE = "finance", _("财务状况报告")
    TAX = "tax", _("纳税证明")
    SOCIAL_SECURITY = "social_security", _("社会保障资金缴纳证明")
    ABILITY = "ability", _("设备和专业技术能力证明")
    PERMIT = "permit", _("行政许可或者资质证书")
    CERTIFICATION = "certification", _("产品或者体系认证证书")
    AUTHORISATION = "authorisation", _("授权委托书")
    OTHER = "other", _("其他")


class Credential(Rooted):
    """资质: one paper of an organisation, kept once for all its bids; it is taken out or replaced, never rewritten."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="credentials", verbose_name=_("主体"))
    kind = models.TextField(_("种类"), choices=CredentialKind.choices)
    title = models.TextField(_("名称"))
    number = models.TextField(_("证书编号"), default="", blank=True)
    issuer = models.TextField(_("发证机关"), default="", blank=True)
    valid_from_on = models.DateField(_("有效期起"), null=True, blank=True)
    valid_to_on = models.DateField(_("有效期止"), null=True, blank=True)
    document = models.ForeignKey("kernel.Document", models.PROTECT, verbose_name=_("文件"))
    kept_at = models.DateTimeField(_("存入时间"))
    withdrawn_at = models.DateTimeField(_("撤出时间"), null=True)
    warned_days = models.PositiveSmallIntegerField(_("提醒到期时剩余天数"), null=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("替换的资质")
    )

    class Meta:
        verbose_name = _("资质")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from_on__isnull=True)
                | models.Q(valid_to_on__isnull=True)
                | models.Q(valid_to_on__gte=models.F("valid_from_on")),
                name="credential_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_to_on"],
                name="credential_by_end",
                condition=models.Q(withdrawn_at__isnull=True, valid_to_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def root(self) -> Organisation:
        return self.organisation

    def is_valid_on(self, day: datetime.date) -> bool:
        """Whether it is in force on a day, the last one included."""
        begun = self.valid_from_on is None or self.valid_from_on <= day
        return self.withdrawn_at is None and begun and (self.valid_to_on is None or day <= self.valid_to_on)


class ExpertTitle(models.TextChoices):
    SENIOR = "senior", _("高级职称")
    INTERMEDIATE = "intermediate", _("中级职称")


#: The speciality of lawyers in the library.
LAW = "法律"


class Expert(Root):
    """评审专家: a person in the library, with employer and specialities; `library` names another province's from which
    the person came for one case, and is empty for this one's own."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="expert", verbose_name=_("人员"))
    employer = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("工作单位"))
    specialities = models.TextField(_("评审专业"), default="")
    admitted_on = models.DateField(_("入库日期"))
    left_on = models.DateField(_("退库日期"), null=True, blank=True)
    left_reason = models.TextField(_("退库理由"), default="", blank=True)
    title = models.TextField(_("职称"), choices=ExpertTitle.choices, default="", blank=True)
    in_field_since_on = models.DateField(_("从事相关领域工作起始日期"), null=True, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    library = models.TextField(_("所属专家库"), default="", blank=True)
    library_number = models.TextField(_("原库编号"), default="", blank=True)

    class Meta:
        verbose_name = _("评审专家")
        constraints = [
            models.UniqueConstraint(
                fields=["library", "library_number"],
                condition=~models.Q(library=""),
                name="one_expert_per_number_of_a_library",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_lawyer(self) -> bool:
        return LAW in self.specialities


class TieKind(models.TextChoices):
    """The five cases of 政府采购法实施条例 art. 9, in its order."""

    EMPLOYMENT = "employment", _("劳动关系")
    DIRECTOR = "director", _("担任董事、监事")
    SHAREHOLDER = "shareholder", _("控股股东或者实际控制人")
    KINSHIP = "kinship", _("与法定代表人或者负责人有夫妻、直系血亲、三代以内旁系血亲或者近姻亲关系")
    OTHER = "other", _("其他可能影响公平、公正的关系")


class ExpertTie(Rooted):
    """回避事实: what binds an expert to an organisation, from when to when; it is ended, never deleted."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="ties", verbose_name=_("评审专家"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("关联单位"))
    kind = models.TextField(_("关系"), choices=TieKind.choices)
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"), null=True, blank=True)
    note = models.TextField(_("说明"), default="", blank=True)
    declared_at = models.DateTimeField(_("申报时间"))

    class Meta:
        verbose_name = _("回避事实")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="tie_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_kind_display()}"

    @property
    def root(self) -> Expert:
        return self.expert


class Purpose(models.TextChoices):
    """With what somebody turns to an office, in the order of 政府采购法 art. 51, 52, 55."""

    ENQUIRY = "enquiry", _("询问和咨询")
    OBJECTION = "objection", _("质疑")
    COMPLAINT = "complaint", _("投诉")


class ContactPoint(Rooted):
    """受理联系方式: the office that takes enquiries, objections or complaints for an organisation; no person."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contact_points", verbose_name=_("单位")
    )
    purpose = models.TextField(_("受理事项"), choices=Purpose.choices)
    office = models.TextField(_("受理部门"))
    phone = models.TextField(_("电话"), default="", blank=True)
    email = models.EmailField(_("电子邮箱"), default="", blank=True)
    address = models.TextField(_("地址"), default="", blank=True)
    hours = models.TextField(_("办公时间"), default="", blank=True)
    stated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("受理联系方式")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "purpose"], name="one_contact_point_per_purpose"),
            models.CheckConstraint(
                condition=~models.Q(phone="") | ~models.Q(email=""), name="a_contact_point_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return self.office

    @property
    def root(self) -> Organisation:
        return self.organisation


class ApiToken(Rooted):
    """A token that acts through one post; only its SHA-256 is kept."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="tokens", verbose_name=_("岗位"))
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    label = models.TextField(_("用途"), default="")
    created_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("接口令牌")

    def __str__(self) -> str:
        return self.label

    @property
    def root(self) -> Organisation:
        return self.post.organisation
