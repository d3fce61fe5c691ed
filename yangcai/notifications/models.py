"""What was each person told, by which way, and what do they want to be told?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yangcai.parties.models import Person


class Channel(models.TextChoices):
    """通道: the message centre, and what leaves the platform."""

    CENTRE = "centre", _("消息中心")
    EMAIL = "email", _("电子邮件")
    SMS = "sms", _("短信")
    IM = "im", _("即时消息")


#: What goes through a gateway.
OUTSIDE = (Channel.EMAIL, Channel.SMS, Channel.IM)


class Message(models.Model):
    """消息: one thing that concerns one person. The text is rendered from the facts, in the reader's language; only the
    time of reading ever changes. `ground` is what it was told of, so that nobody is told twice."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="messages", verbose_name=_("人员"))
    kind = models.TextField(_("种类"))
    root = models.TextField(_("所属"))
    subject = models.TextField(_("对象"))
    action = models.TextField(_("办理事项"), default="", blank=True)
    role = models.TextField(_("角色"), default="", blank=True)
    organisation_id = models.BigIntegerField(_("单位编号"), null=True)
    facts = models.JSONField(_("内容"))
    ground = models.TextField(_("由来"))
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True)

    class Meta:
        verbose_name = _("消息")
        constraints = [models.UniqueConstraint(fields=["person", "ground"], name="one_message_per_ground")]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="message_of_person"),
            models.Index(
                fields=["person", "-at", "-id"], name="unread_message", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ground}"


class Outgoing(models.Model):
    """外发消息: a message on its way out by one channel. Begun before it is handed over, concluded afterwards: what was
    begun and never concluded is not sent a second time."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="outgoing", verbose_name=_("消息"))
    channel = models.TextField(_("通道"), choices=Channel.choices)
    address = models.TextField(_("收件地址"))
    letter_id = models.TextField(_("外发标识"), unique=True)
    next_at = models.DateTimeField(_("下次发送时间"))
    begun_at = models.DateTimeField(_("开始发送时间"), null=True)
    attempts = models.PositiveSmallIntegerField(_("发送次数"), default=0)
    sent_at = models.DateTimeField(_("发出时间"), null=True)
    given_up_at = models.DateTimeField(_("放弃时间"), null=True)
    error = models.TextField(_("最近的差错"), default="", blank=True)
    receipt = models.TextField(_("网关回执"), default="", blank=True)

    class Meta:
        verbose_name = _("外发消息")
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="one_outgoing_per_channel")]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="outgoing_to_send",
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(
                fields=["given_up_at"], name="outgoing_given_up", condition=models.Q(given_up_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.letter_id


class Wishes(models.Model):
    """通知偏好: in which language, when not, and where outside a person wants to be told. The e-mail address is the
    person's own (Person.email)."""

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="wishes", verbose_name=_("人员")
    )
    language = models.TextField(_("通知语言"), default="zh-hans")
    #: An address that was given and not confirmed yet: nothing but the letter that asks is sent to it.
    unconfirmed = models.EmailField(_("待确认的电子邮箱"), default="", db_default="", blank=True)
    quiet_from = models.TimeField(_("免打扰起"), null=True, blank=True)
    quiet_to = models.TimeField(_("免打扰止"), null=True, blank=True)
    mobile = models.TextField(_("手机号码"), default="", blank=True)
    im_account = models.TextField(_("即时消息账号"), default="", blank=True)

    class Meta:
        verbose_name = _("通知偏好")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class Choice(models.Model):
    """通知选择: a kind by a channel, switched on or off by the person; what is not said is as its kind has it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("人员"))
    kind = models.TextField(_("种类"))
    channel = models.TextField(_("通道"), choices=Channel.choices)
    is_on = models.BooleanField(_("接收"))

    class Meta:
        verbose_name = _("通知选择")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "channel"], name="one_choice_per_channel")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"
