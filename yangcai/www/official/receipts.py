"""递交回执、保证金收据: what does a bidder get for what it handed in?"""

from typing import Any

from yangcai.cases.actions import chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.notices.base import CONTACTS, MOMENT, MONEY, PROJECT, Field, Section, contacts, project
from yangcai.tendering.models import Bid, BidSecurity, Cover, SealedBid
from yangcai.www import formats
from yangcai.www.official.kind import Kind, official

#: How the digest of a file that its bidder sealed is made (SBP/1 §2.2), for whoever computes it again.
BY_PARTS = "文件按 8 MiB 分段，各段的 SHA-256 依次相接，再取 SHA-256"


def handed_in(bid: Bid) -> dict[str, Any]:
    """Of a sealed file the size is its own: its document here is the list of its parts."""
    sealed = SealedBid.objects.filter(bid=bid).select_related("upload").first()
    return {
        **project(bid.lot.case),
        "lot": f"{bid.lot.number} {bid.lot.title}",
        "supplier": bid.supplier.name,
        "receipt": bid.receipt,
        "cover": chinese(Cover(bid.cover).label),
        "revision": str(bid.revision),
        "received_at": bid.received_at,
        "size": str(bid.envelope.size if sealed is None else sealed.upload.envelope_size),
        "envelope": formats.fingerprint(bid.envelope_id),
        "method": "SHA-256" if sealed is None else BY_PARTS,
    }


def is_own(bid: Bid, post: Post) -> bool:
    """A receipt is for whoever handed in, and for nobody else before or after the opening."""
    return post.role == Role.SUPPLIER and bid.supplier_id == post.organisation_id


BID_RECEIPT = official(
    Kind(
        code="bid_receipt",
        mark=6,
        zh="投标（响应）文件递交回执",
        en="Receipt for a bid",
        model=Bid,
        sections=(
            Section("采购项目", "Procurement", (*PROJECT, Field("lot", "采购包", "Lot"))),
            Section(
                "递交",
                "What was handed in",
                (
                    Field("supplier", "投标人（供应商）", "Bidder"),
                    Field("receipt", "回执号", "Receipt number"),
                    Field("cover", "信封", "Cover"),
                    Field("revision", "版本", "Revision"),
                    Field("received_at", "收到时间", "Received", MOMENT),
                    Field("size", "密封文件字节数", "Bytes of the sealed file"),
                    Field("envelope", "密封文件摘要", "Digest of the sealed file"),
                    Field("method", "摘要算法", "How it is computed"),
                ),
            ),
        ),
        facts=handed_in,
        at=lambda bid: bid.received_at,
        acts=("bid.submit", "bid.reconfirm"),
        reads=is_own,
        is_counted=False,
    )
)


def arrived(one: BidSecurity) -> dict[str, Any]:
    return {
        **project(one.case),
        "supplier": one.supplier.name,
        "kind": "转账" if one.kind == "transfer" else "保函",
        "amount": one.amount,
        "received_at": one.received_at,
        **contacts(one.case),
    }


SECURITY_RECEIPT = official(
    Kind(
        code="security_receipt",
        mark=7,
        zh="投标保证金收据",
        en="Receipt for a bid security",
        model=BidSecurity,
        sections=(
            Section("采购项目", "Procurement", PROJECT),
            Section(
                "保证金",
                "Security",
                (
                    Field("supplier", "交纳单位", "Paid by"),
                    Field("kind", "形式", "Form"),
                    Field("amount", "金额", "Amount", MONEY),
                    Field("received_at", "到账时间", "Received", MOMENT),
                ),
            ),
            CONTACTS,
        ),
        facts=arrived,
        at=lambda one: one.received_at,
        acts=("bid_security.record",),
        is_counted=False,
    )
)
