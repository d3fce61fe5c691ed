"""What of an organisation or an expert stands on a page?"""

from django.utils.translation import gettext_lazy as _

from yangcai.credit.models import Commitment, Debarment
from yangcai.parties.models import ApiToken, ContactPoint, Credential, Expert, ExpertTie, Organisation, Post
from yangcai.tendering.models import ConductRecord, Drill, Maintenance, SigningKey, Trustee, TrusteeDuty
from yangcai.www.work.shown.kind import Kind

#: What stands under an organisation.
OF_ORGANISATION: tuple[Kind, ...] = (
    Kind(Post, _("岗位"), ("person", "role", "from_on", "to_on", "delegated_from__person", "recalled_at")),
    Kind(ContactPoint, _("受理联系方式"), ("purpose", "office", "phone", "email", "address", "hours", "stated_at")),
    Kind(ApiToken, _("接口令牌"), ("label", "post", "created_at", "expires_at", "revoked_at")),
    Kind(
        Trustee, _("受托人公钥"), ("role", "hpke_key", "signing_key", "registered_at", "retired_at", "retired_reason")
    ),
    Kind(TrusteeDuty, _("受托人值守"), ("on_duty", "stands_in", "from_on", "to_on", "cancelled_at")),
    Kind(
        Drill,
        _("开启演练"),
        ("begun_at", "concluded_at", "bid_count", "opened_count", "took_part", "absent", "faults"),
    ),
    Kind(SigningKey, _("签名公钥"), ("post", "public_key", "registered_at", "revoked_at")),
    Kind(Maintenance, _("计划维护"), ("what", "begins_at", "ends_at", "announced_at"), ("begins_at",)),
    Kind(
        Credential, _("资质库"), ("title", "kind", "number", "issuer", "valid_from_on", "valid_to_on", "withdrawn_at")
    ),
    Kind(Commitment, _("信用承诺"), ("representative", "law", "digest", "signed_at", "withdrawn_at")),
    Kind(Debarment, _("禁止参加"), ("ground", "authority", "decision", "from_on", "to_on")),
)

#: What stands under an expert; conduct records also in a table of their own under the case.
OF_EXPERT: tuple[Kind, ...] = (
    Kind(
        ConductRecord,
        _("履职情况记录"),
        ("side", "organisation", "grade", "text", "recorded_at", "statement", "stated_at"),
    ),
    Kind(ExpertTie, _("回避事实"), ("organisation", "kind", "from_on", "to_on", "note", "declared_at")),
)

PARTIES: tuple[Kind, ...] = (
    Kind(
        Expert,
        _("评审专家"),
        ("person", "employer", "specialities", "title", "admitted_on", "in_field_since_on", "left_on", "left_reason"),
    ),
    Kind(Organisation, _("主体"), ("name", "kind", "uscc", "parent", "size", "address", "contact")),
)
