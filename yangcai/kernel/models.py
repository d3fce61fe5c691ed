"""Which rows does every part of the platform share? Entries, documents, tasks, idempotency keys, the sandbox clock."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import calendar


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """Yuan, two places."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs["max_digits"], kwargs["decimal_places"] = 18, 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class Rooted(models.Model):
    """A row that belongs to a root (the row that is locked, and whose timeline its Entries join)."""

    class Meta:
        abstract = True

    @property
    def root(self) -> Any:
        """The locked row; itself unless overridden."""
        return self

    @property
    def ref(self) -> str:
        """`label:id`, how Entries and Tasks name a row."""
        return f"{self._meta.model_name}:{self.pk}"


class Root(Rooted):
    """A row that is locked by `perform`; `version` counts its changes, so that a stale form is noticed."""

    version = models.PositiveIntegerField(_("版本"), default=0, editable=False)

    class Meta:
        abstract = True


class Entry(models.Model):
    """留痕: one Action performed, or refused on a legal ground. Append-only; `seq` is the log index, gapless from 0."""

    seq = models.BigIntegerField(_("日志序号"), primary_key=True)
    at = models.DateTimeField(_("时间"))
    action = models.TextField(_("办理事项"))
    outcome = models.TextField(_("结果"))  # done | refused
    root = models.TextField(_("所属"))
    subject = models.TextField(_("对象"))
    post_id = models.BigIntegerField(_("岗位"), null=True)
    person_id = models.BigIntegerField(_("人员"), null=True)
    role = models.TextField(_("角色"))
    organisation = models.TextField(_("单位"))
    organisation_id = models.BigIntegerField(_("单位编号"), null=True)
    refusals = models.JSONField(_("不予办理的理由"), default=list)
    payload_digest = models.TextField(_("内容摘要"))
    prev_hash = models.TextField(_("前一条摘要"))
    hash = models.TextField(_("摘要"))

    class Meta:
        verbose_name = _("留痕")
        indexes = [
            models.Index(fields=["root", "seq"], name="entry_of_root"),
            models.Index(fields=["action", "root"], name="entry_of_action"),
            models.Index(fields=["person_id", "-seq"], name="entry_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.root}"


class EntryPayload(models.Model):
    """What an Entry was about, beside it, so that personal data can be erased without breaking the hashes."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, related_name="payload", verbose_name=_("留痕")
    )
    salt = models.TextField(_("盐"))
    data = models.JSONField(_("内容"))
    erased_at = models.DateTimeField(_("清除时间"), null=True)

    class Meta:
        verbose_name = _("留痕内容")

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"


class IdempotencyKey(models.Model):
    """A retried request gets the first answer: one outcome per (person, key)."""

    person_id = models.BigIntegerField(_("人员"))
    key = models.TextField(_("幂等键"))
    action = models.TextField(_("办理事项"))
    digest = models.TextField(_("请求摘要"))
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, verbose_name=_("留痕"))
    answer = models.JSONField(_("首次答复"), null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("幂等键")
        constraints = [models.UniqueConstraint(fields=["person_id", "key"], name="one_outcome_per_idempotency_key")]

    def __str__(self) -> str:
        return self.key


class Document(models.Model):
    """文件: bytes in the content-addressed store, named by their SHA-256."""

    digest = models.CharField(_("摘要"), primary_key=True, max_length=64)
    size = models.BigIntegerField(_("字节数"))
    media_type = models.TextField(_("类型"))
    name = models.TextField(_("文件名"))

    class Meta:
        verbose_name = _("文件")

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """Who brought a document in: only that person may hand its digest to an Action."""

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("文件"))
    person_id = models.BigIntegerField(_("人员"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("上传")
        constraints = [models.UniqueConstraint(fields=["document", "person_id"], name="one_upload_per_person")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.person_id}"


class Attachment(models.Model):
    """A document in its place: under a root, for a subject, with a title; `is_public` when anyone may read it."""

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("文件"))
    root = models.TextField(_("所属"))
    subject = models.TextField(_("对象"))
    title = models.TextField(_("标题"))
    kind = models.TextField(_("种类"))
    is_public = models.BooleanField(_("公开"), default=False)
    organisation_id = models.BigIntegerField(_("单位编号"), null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("附件")
        indexes = [models.Index(fields=["root", "at"], name="attachment_of_root")]

    def __str__(self) -> str:
        return self.title


class Task(models.Model):
    """待办: what somebody should do, by when and on what ground. A projection; `kernel.tasks` rebuilds it."""

    root = models.TextField(_("所属"))
    subject = models.TextField(_("对象"))
    action = models.TextField(_("办理事项"))
    clock = models.TextField(_("时限"), default="")
    role = models.TextField(_("角色"))
    organisation_id = models.BigIntegerField(_("单位编号"), null=True)
    person_id = models.BigIntegerField(_("人员"), null=True)
    title = models.TextField(_("项目名称"))
    since = models.DateTimeField(_("起算"))
    due_at = models.DateTimeField(_("期限"), null=True)
    warn_at = models.DateTimeField(_("下次提醒时间"), null=True)
    warned_at = models.DateTimeField(_("提醒时间"), null=True)
    warned_share = models.PositiveSmallIntegerField(_("提醒时已过期限的百分比"), default=0)
    remind_at = models.DateTimeField(_("下次临期提醒时间"), null=True)
    fired_at = models.DateTimeField(_("到期处理时间"), null=True)
    done_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("待办")
        constraints = [
            models.UniqueConstraint(
                fields=["root", "subject", "action", "clock", "role", "organisation_id", "person_id", "since"],
                name="one_task_per_ground",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "role", "due_at"],
                name="open_task_of_organisation",
                # Not those of one person, whose organisation is empty: they would all lie under one key.
                condition=models.Q(done_at__isnull=True, person_id__isnull=True),
            ),
            models.Index(
                fields=["person_id", "due_at"], name="open_task_of_person", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(
                fields=["due_at"],
                name="task_to_fire",
                condition=models.Q(done_at__isnull=True, fired_at__isnull=True, due_at__isnull=False),
            ),
            models.Index(
                fields=["warn_at"],
                name="task_to_warn",
                condition=models.Q(done_at__isnull=True, warn_at__isnull=False),
            ),
            models.Index(
                fields=["remind_at"],
                name="task_to_remind",
                condition=models.Q(done_at__isnull=True, remind_at__isnull=False),
            ),
            models.Index(fields=["root"], name="task_of_root"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class SandboxClock(models.Model):
    """The one moment that the demo or a replay has reached."""

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField(_("模拟时间"))

    class Meta:
        verbose_name = _("模拟时钟")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_sandbox_clock")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Leaf(models.Model):
    """日志条目: one line of the public log, blinded or in clear; the sequencer gives it its place, once."""

    line = models.BinaryField(_("条目"))
    root = models.TextField(_("所属"), default="")
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="leaf", verbose_name=_("留痕"))
    index = models.BigIntegerField(_("位置"), null=True, unique=True)
    at = models.DateTimeField(_("写入时间"), db_default=Now())  # of the database: how long it waits for its place

    class Meta:
        verbose_name = _("日志条目")
        indexes = [
            models.Index(fields=["id"], name="leaf_to_place", condition=models.Q(index__isnull=True)),
            models.Index(fields=["root", "index"], name="leaf_of_root"),
        ]

    def __str__(self) -> str:
        return f"leaf {self.index if self.index is not None else '-'}"


class LeafSecret(models.Model):
    """What opens a blinded line: its nonce and its body. Kept aside, published when everybody may know."""

    leaf = models.OneToOneField(
        Leaf, models.PROTECT, primary_key=True, related_name="secret", verbose_name=_("日志条目")
    )
    nonce = models.BinaryField(_("随机数"))
    body = models.BinaryField(_("内容"))
    disclosed_at = models.DateTimeField(_("公开时间"), null=True)
    published_at = models.DateTimeField(_("公布时间"), null=True)

    class Meta:
        verbose_name = _("日志条目的内容")
        indexes = [
            models.Index(
                fields=["leaf"],
                name="secret_to_publish",
                condition=models.Q(disclosed_at__isnull=False, published_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"secret of leaf {self.leaf_id}"


class LogTile(models.Model):
    """The hashes of one tile of the tree; it only grows."""

    level = models.PositiveSmallIntegerField(_("层"))
    index = models.BigIntegerField(_("位置"))
    hashes = models.BinaryField(_("摘要"))

    class Meta:
        verbose_name = _("日志树片")
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_per_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class TreeHead(models.Model):
    """日志树头: the root at one size, and the checkpoint that was signed of it."""

    size = models.BigIntegerField(_("条目数"), primary_key=True)
    hash = models.BinaryField(_("根摘要"))
    at = models.DateTimeField(_("时间"))
    signed = models.TextField(_("签名"), default="")

    class Meta:
        verbose_name = _("日志树头")

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """见证: the line of a witness under a checkpoint."""

    head = models.ForeignKey(TreeHead, models.PROTECT, related_name="cosignatures", verbose_name=_("日志树头"))
    witness = models.TextField(_("见证人"))
    line = models.TextField(_("联署"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("见证联署")
        constraints = [models.UniqueConstraint(fields=["head", "witness"], name="one_cosignature_per_witness")]

    def __str__(self) -> str:
        return f"{self.witness} {self.head_id}"


class HealthLine(models.Model):
    """健康日志: what was found when the platform looked at all that bidders need; one line of the public log too."""

    number = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"))
    is_good = models.BooleanField(_("正常"))
    bad = ArrayField(models.TextField(), verbose_name=_("故障"), default=list, blank=True)
    previous = models.CharField(_("前一条摘要"), max_length=64)
    digest = models.CharField(_("摘要"), max_length=64)
    content = models.TextField(_("内容"))
    leaf = models.OneToOneField(Leaf, models.PROTECT, related_name="+", verbose_name=_("日志条目"))

    class Meta:
        verbose_name = _("健康日志")
        indexes = [
            models.Index(fields=["-number"], name="good_health_line", condition=models.Q(is_good=True)),
            models.Index(fields=["at"], name="health_line_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_good=True, bad=[]) | models.Q(is_good=False) & ~models.Q(bad=[]),
                name="good_is_what_nothing_failed_in",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M}"


class Outage(models.Model):
    """停机: from the last good line before it to the first good line after it, by the terms that were in force."""

    before = models.OneToOneField(HealthLine, models.PROTECT, related_name="+", verbose_name=_("此前最后一次正常"))
    after = models.OneToOneField(HealthLine, models.PROTECT, related_name="+", verbose_name=_("此后首次正常"))
    begins_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("恢复"))
    bad = ArrayField(models.TextField(), verbose_name=_("故障"), default=list, blank=True)
    shortest = models.DurationField(_("计为停机的最短时间"))
    protected = models.DurationField(_("截止前的保护时间"))
    relief = models.DurationField(_("恢复后的最短时间"))
    settled_at = models.DateTimeField(_("顺延办结时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("停机")
        ordering = ["-begins_at"]
        indexes = [
            models.Index(fields=["begins_at"], name="outage_to_settle", condition=models.Q(settled_at__isnull=True)),
            models.Index(fields=["ends_at"], name="outage_by_end"),
        ]

    def __str__(self) -> str:
        return f"{calendar.to_the_minute(self.begins_at)} – {calendar.to_the_minute(self.ends_at)}"
