"""A letter of objection and its answer, as the law wants them whole."""

import datetime
from typing import Any

from yangcai.cases.models import Case
from yangcai.challenges.models import Objection
from yangcai.challenges.objection_windows import windows
from yangcai.parties.models import Post

LETTER = {
    "rows": [
        {"matter": "评审因素“技术”得分计算有误", "facts": "得分表与采购文件不符", "legal_basis": "87号令第五十五条"},
        {"matter": "中标人业绩不实", "facts": "见证明材料"},
    ],
    "requests": "重新评审",
    "signed_as": "seal",
    "contact": "投标部",
    "phone": "0000-0000000",
    "address": "示例路 1 号",
    "postcode": "730000",
}


def about(case: Case, post: Post, target: str, now: datetime.datetime, stage: str = "") -> str:
    found = windows(Case.objects.get(pk=case.pk), post.organisation_id, now=now)
    return next(one.key for one in found if one.target == target and one.stage == stage)


def answer(objection: Objection, *founded: bool, consequence: str = "go_on") -> dict[str, Any]:
    matters = objection.matters.order_by("number")
    return {
        "rows": [
            {"matter": one.pk, "is_founded": str(is_founded).lower(), "answer": "经核查，如下。",
             "answer_facts": "评审报告", "answer_basis": "87号令第五十五条"}
            for one, is_founded in zip(matters, founded, strict=True)
        ],
        "consequence": consequence,
        "explanation": "",
    }  # fmt: skip
