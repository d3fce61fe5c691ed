"""Which certificates and keys does the platform depend on, until when is each good, and how many days are left?"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai.kernel import documents, health_lines, log_keys, papers
from yangcai.kernel.models import Attachment, Document, Leaf
from yangcai.kernel.refusals import in_chinese
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.certificates import Used, used
from yangcai.kernel.signatures.timestamps import Unavailable
from yangcai.kernel.tlog import note
from yangcai.kernel.tlog.faults import Malformed
from yangcai.parties.models import ApiToken, Organisation, OrganisationKind
from yangcai.tendering import drills
from yangcai.tendering.models import Trustee, TrusteeRole
from yangcai.www import formats

#: No law: so many days before the end somebody is warned, and so many before it a new one is urgent.
WARN, URGENT = 90, 15
#: Certificates are read from so many of the newest signed papers; so many tokens are listed, the first to end.
PAPERS, TOKENS = 3, 5


@dataclass(frozen=True)
class Good:
    """Something with which is signed, stamped, released or signed in: what, whose (as somebody wrote it), since when,
    until when (None: it has no end), and what is to be done then."""

    what: str
    name: str
    until: datetime.datetime | None = None
    since: datetime.datetime | None = None
    note: str = ""
    mend: str = ""
    url: str = ""
    days: int | None = None
    #: What ends is no certificate and no key, but the time for trying one.
    is_drill: bool = False

    @property
    def tone(self) -> str:
        if self.days is None:
            return "mute"
        return "bad" if self.days <= URGENT else "warn" if self.days <= WARN else "ok"

    @property
    def word(self) -> str:
        """How long it is good."""
        if self.days is None:
            return _("无失效日")
        if self.days < 0:
            return _("演练逾期") if self.is_drill else _("已失效")
        return ngettext("剩 %(n)d 天", "剩 %(n)d 天", self.days) % {"n": self.days}


def everything(*, now: datetime.datetime) -> list[Good]:
    """What ends first on top; what has no end below."""
    found = [*_certificates(), *_site(), *_keys(), *_trustees(now=now), *_tokens(now=now)]
    dated = [replace(one, days=(one.until - now).days) if one.until else one for one in found]
    return sorted(dated, key=lambda one: (one.days is None, one.days or 0))


# --- what signs and stamps papers ------------------------------------------------------------------------------------


def _certificates() -> Iterator[Good]:
    """The roots that are believed, and what the newest papers were signed and stamped with."""
    renew = _("向认证机构续期，在 YANGCAI_SEALS、YANGCAI_TRUST 换上新证书")
    try:
        roots = list(configured.trust())
    except Unavailable as error:
        yield Good(_("签章根证书"), "", note=str(error), mend=renew)
        roots = []
    for pem in dict.fromkeys(roots):
        one = x509.load_pem_x509_certificate(pem)
        yield Good(_("签章根证书"), _called(one), one.not_valid_after_utc, one.not_valid_before_utc, mend=renew)
    words = {"signer": _("签章证书"), "stamper": _("时间戳证书")}
    mends = {"signer": renew, "stamper": _("时间戳服务机构须在到期前换发，见 YANGCAI_TIMESTAMPS")}
    for use in _used():
        yield Good(words[use.role], use.name, use.until, use.since, mend=mends[use.role])


def _called(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _used() -> Iterable[Used]:
    """Each certificate once, of papers that organisations sign: those of people are their own to renew."""
    by_organisations = Q(subject__startswith="contract:") | Q(subject__startswith="paymentrequest:")
    found = Attachment.objects.filter(by_organisations, kind=papers.SIGNED)
    newest = found.order_by("-pk").values_list("document_id", flat=True)
    return dict.fromkeys(one for digest in newest[:PAPERS] for one in _in_paper_if_there(digest))


def _in_paper_if_there(digest: str) -> tuple[Used, ...]:
    """Nothing of a file that is not to be had now: the lights say so of the store, and the next look reads it again."""
    try:
        return _in_paper(digest)
    except documents.BadDocument:
        return ()


@lru_cache(maxsize=16)
def _in_paper(digest: str) -> tuple[Used, ...]:
    """What a file says stays; that it could not be read is not kept. Raises BadDocument."""
    return tuple(used(documents.read(Document.objects.get(digest=digest))))


def _site() -> Iterator[Good]:
    """The proxy holds it; a page connects to nobody, so the command line looks."""
    if settings.YANGCAI_SITE.startswith("https:"):
        yield Good(_("网站证书"), settings.YANGCAI_SITE, note=_("由反向代理持有，用 yangcai doctor 查看到期日"))


# --- keys of our own, of the trustees, and tokens ---------------------------------------------------------------------


def _keys() -> Iterator[Good]:
    """The log's, the receipts' and the journal's keys have no end; what counts is that each can be read."""
    own = ((_("回执签名密钥"), log_keys.RECEIPT), (_("健康日志签名密钥"), health_lines.ROLE))
    asked: list[tuple[str, Callable[[], note.Verifier]]] = [(_("公开日志签名密钥"), log_keys.verifier)]
    if settings.YANGCAI_LOG_SM2:
        asked.append((_("公开日志国密签名密钥"), _sm2))
    for what, role in own:  # one that nobody needed yet is not made by looking at it
        if (log_keys.folder() / f"{role}.key").exists():
            asked.append((what, partial(_verifier, role)))
    for what, ask in asked:
        try:
            key = ask()
        except (log_keys.NotSigned, log_keys.KeyExposed, Malformed, OSError) as error:
            yield Good(what, "", note=str(error), mend="yangcai doctor")
            continue
        said = Leaf.objects.filter(root=f"key:{key.vkey}").order_by("pk").values_list("at", flat=True).first()
        yield Good(what, key.name, since=said)


def _verifier(role: str) -> note.Verifier:
    return log_keys.signer(role).verifier


def _sm2() -> note.Verifier:
    key = log_keys.sm2_verifier()
    assert key is not None  # the settings want one
    return key


def _trustees(*, now: datetime.datetime) -> Iterator[Good]:
    """A trustee's keys are good until they are retired; once a year a drill shows that they still open something."""
    in_office = Trustee.objects.filter(retired_at__isnull=True).select_related("organisation").order_by("pk")
    platform = Organisation.objects.filter(kind=OrganisationKind.PLATFORM).order_by("pk").first()
    due = drills.due_at(platform, now=now) if platform else None
    note = _("下次演练的期限") if due else ""
    for one in in_office:
        until = due[1] if due and one.role != TrusteeRole.PLATFORM else None
        yield Good(
            _("受托人密钥"),
            one.organisation.name,
            until,
            one.registered_at,
            note=note if until else "",
            mend=_("按期演练，密钥打不开的及时更换"),
            url=reverse("work_trustees"),
            is_drill=until is not None,
        )


def _tokens(*, now: datetime.datetime) -> Iterator[Good]:
    """The first that end of those that are good."""
    good = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("expires_at")
    for one in good.select_related("post__organisation")[:TOKENS]:
        yield Good(
            _("接口令牌"),
            one.label or one.post.organisation.name,
            one.expires_at,
            one.created_at,
            mend=_("持有人自行换发"),
        )


def summary(found: Iterable[Good]) -> str:
    """In a sentence or two: what ends first, and what is to be drilled soon or should have been."""
    dated = [one for one in found if one.days is not None]
    said = [_of_ends([one for one in dated if not one.is_drill])]
    drills_soon = [one for one in dated if one.is_drill and one.tone != "ok"]
    if late := sum(one.days is not None and one.days < 0 for one in drills_soon):
        said.append(ngettext("%(n)d 项密钥演练逾期。", "%(n)d 项密钥演练逾期。", late) % {"n": late})
    if soon := len(drills_soon) - late:
        told = ngettext("%(n)d 项密钥须在 %(days)d 天内演练。", "%(n)d 项密钥须在 %(days)d 天内演练。", soon)
        said.append(told % {"n": soon, "days": WARN})
    return ("" if in_chinese() else " ").join(said)


def _of_ends(dated: list[Good]) -> str:
    if not dated:
        return _("没有定期失效的证书和密钥。")
    soon, first = sum(one.tone != "ok" for one in dated), dated[0]
    said = _("没有 %(days)d 天内失效的") % {"days": WARN}
    if soon:
        said = ngettext("%(n)d 项在 %(days)d 天内失效", "%(n)d 项在 %(days)d 天内失效", soon) % {
            "n": soon,
            "days": WARN,
        }
    last = _("；最早的是%(what)s，%(on)s。") % {"what": first.what, "on": formats.day(first.until)}
    return said + last
