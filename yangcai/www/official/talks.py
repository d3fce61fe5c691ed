"""谈判记录、协商情况记录: which paper do a committee and a supplier sign under what they said to each other?

What was recorded is frozen; as DOCX it is taken to the table, where members and supplier sign it (74号令 art. 42, 46).
"""

from typing import Any

from yangcai import procedures
from yangcai.portal.notices.base import CONTACTS, MOMENT, PROJECT, TABLE, Field, Section, contacts, project
from yangcai.tendering.models import DialogueTalk
from yangcai.www.official.kind import Kind, official

#: Who signs. Names of members are secret until the award notice (87号令 art. 47): they are written by hand.
SIDES = ("谈判（磋商、协商）小组成员", "采购人代表", "供应商代表")

#: A cell to be written in: an empty column would be left out.
BLANK = "　" * 6


def facts(talk: DialogueTalk) -> dict[str, Any]:
    """What was recorded, and the places for the signatures of both sides."""
    case = talk.opened_bid.lot.case
    return {
        **project(case),
        "lot": f"{talk.opened_bid.lot.number} {talk.opened_bid.lot.title}",
        "method": procedures.get(case.procedure).zh,
        "supplier": talk.opened_bid.supplier.name,
        "round": str(talk.round),
        "held_at": talk.held_at,
        "minutes": talk.minutes,
        "sides": [{"side": side, "signature": BLANK, "day": BLANK} for side in SIDES],
        **contacts(case),
    }


TALK = official(
    Kind(
        code="talk",
        mark=10,
        zh="谈判（磋商、协商）记录",
        en="Minutes of a talk",
        model=DialogueTalk,
        sections=(
            Section(
                "采购项目",
                "Procurement",
                (*PROJECT, Field("lot", "采购包", "Lot"), Field("method", "采购方式", "Method")),
            ),
            Section(
                "谈判（磋商、协商）",
                "Talk",
                (
                    Field("supplier", "供应商", "Supplier"),
                    Field("round", "轮次", "Round"),
                    Field("held_at", "时间", "Time", MOMENT),
                    Field("minutes", "记录", "Minutes"),
                ),
            ),
            Section(
                "确认签字",
                "Confirmed by",
                (
                    Field(
                        "sides",
                        "签字",
                        "Signatures",
                        TABLE,
                        columns=(
                            Field("side", "签字人", "Signed by"),
                            Field("signature", "签字", "Signature"),
                            Field("day", "日期", "Date"),
                        ),
                    ),
                ),
            ),
            CONTACTS,
        ),
        facts=facts,
        at=lambda talk: talk.held_at,
        acts=("dialogue.hold",),
        draft=True,
    )
)
