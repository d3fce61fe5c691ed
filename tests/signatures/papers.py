"""A paper, an authority and what is signed with it, made once for all the tests here."""

import datetime
import tempfile
from functools import cache
from pathlib import Path

from yangcai.kernel.signatures.authority import DemoAuthority, DemoSeals
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.kernel.signatures.timestamps import OwnTimestamps, Timestamps
from yangcai.www import typeset

SIGNED = datetime.datetime(2026, 3, 10, 1, 0, 5, tzinfo=datetime.UTC)
STAMPED = datetime.datetime(2026, 3, 10, 1, 7, 9, tzinfo=datetime.UTC)
BUYER = Subject("凉州区教育局", "凉州区教育局", "11620602MB000001X1")
SUPPLIER = Subject("兰州新区某某科技有限公司", "兰州新区某某科技有限公司", "91620100MA000001X2")
BOTH = [Signature(SUPPLIER, "签订采购合同", SIGNED), Signature(BUYER, "签订采购合同", SIGNED)]


@cache
def authority() -> DemoAuthority:
    return DemoAuthority(Path(tempfile.mkdtemp(prefix="yangcai-authority-")) / "keys")


def stamps(*, kind: str = "ec", at: datetime.datetime = STAMPED) -> OwnTimestamps:
    return OwnTimestamps(authority().stamper(kind=kind), at)


@cache
def plain() -> bytes:
    """A paper without signatures, as the typesetter makes them."""
    words = {"signatures": "签署", "columns": list("一二三四"), "proof": "核对", "what_is_signed": "", "verify": ""}
    return typeset.pdf(
        typeset.Paper(
            title="采购合同",
            number="LZ-1",
            author="凉州区教育局",
            html="<p>合同金额 900000.00 元</p>",
            lang="zh",
            digest="ab" * 32,
            footer="采购合同",
            at=SIGNED,
            words=words,
        )
    )


def sign(*, timestamps: Timestamps | None = None, signatures: list[Signature] = BOTH) -> bytes:
    return DemoSeals(authority()).sign(plain(), signatures=signatures, timestamps=timestamps or stamps())


@cache
def signed() -> bytes:
    return sign()


def roots() -> list[bytes]:
    return list(DemoSeals(authority()).roots)
