"""资格预审公告 and its correction: items 1-4, 6 and 8 of 87号令 art. 13, and what art. 15 wants besides."""

from typing import Any

from yangcai import law, procedures
from yangcai.cases.actions import chinese
from yangcai.cases.rules import applicable
from yangcai.parties.models import Post
from yangcai.planning.models import SetAside
from yangcai.portal.notices.base import (
    CHANGE,
    CONTACTS,
    CORRECTED,
    DAY,
    FLAG,
    MOMENT,
    MONEY,
    PROJECT,
    Field,
    NoticeType,
    Section,
    contacts,
    full_contacts,
    latest,
    notice_type,
    project,
)
from yangcai.tendering.models import Prequalification

CONTENT, FILE = "prequalification.content", "prequalification.file"
KINDS = ("prequalification", "prequalification_correction")


def selection(found: Prequalification) -> str:
    """Who of the qualified is invited (87号令 art. 14, 18)."""
    if found.draws is None:
        return "向全部资格预审合格的供应商提供招标文件"
    return f"从资格预审合格的供应商中随机抽取 {found.draws} 家发出投标邀请书；合格供应商不多于该数的，全部邀请"


def facts(found: Prequalification, *, by: Post, now: Any, **_context: Any) -> dict[str, Any]:
    case = found.case
    period = law.find("prequalification.notice", **applicable(case, now=now))
    return {
        **project(case),
        "procedure": procedures.get(case.procedure).zh,
        "round": f"第 {found.round} 次" if found.round > 1 else "",
        "budget": case.budget,
        "ceiling": case.ceiling,
        "requirement": found.requirement,
        "qualification": "\n".join(one.numbered for one in found.clauses.order_by("number")),
        "set_aside": chinese(SetAside(case.set_aside).label),
        "accepts_consortium": found.accepts_consortium,
        "standard": found.standard,
        "materials": found.materials,
        "credit_check": found.credit_check,
        "selection": selection(found),
        "file_from": found.opens_at,
        "supply_closes_at": found.supply_closes_at,
        "file_how": "在本平台本公告页面在线获取，免费",
        "applications_close_at": found.closes_at,
        "place": found.place or "登录本平台在线提交",
        "examined_on": found.examined_on,
        "period": f"自公告发布之日起 {period.value} 个工作日" if period else "",
        "project_contact": f"{by.person.name}（{by.organisation.name}）",
        **contacts(case),
    }


notice_type(
    NoticeType(
        "prequalification",
        "资格预审公告",
        "prequalification notice",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    Field("procedure", "采购方式", "Method"),
                    Field("round", "资格预审次数", "Round", optional=True),
                    Field("budget", "预算金额", "Budget", MONEY, rule=CONTENT),
                    Field("ceiling", "最高限价", "Ceiling", MONEY, optional=True),
                    Field("requirement", "采购需求", "Needs", rule=CONTENT),
                    Field("accepts_consortium", "是否接受联合体", "Consortia accepted", FLAG),
                ),
            ),
            Section(
                "申请人的资格要求",
                "Qualification",
                (
                    Field("qualification", "资格要求", "Requirements", rule=CONTENT),
                    Field("set_aside", "落实政府采购政策", "Policy", rule=CONTENT),
                ),
            ),
            Section(
                "资格预审",
                "The prequalification",
                (
                    Field("standard", "资格审核标准和方法", "Standard and method", rule=FILE),
                    Field("materials", "申请文件的内容和格式", "Content and form of applications", rule=FILE),
                    Field("credit_check", "信用信息查询", "Credit check", rule=FILE),
                    Field("selection", "邀请方式", "Who is invited", rule="prequalification.examined"),
                ),
            ),
            Section(
                "获取资格预审文件",
                "The prequalification file",
                (
                    Field("file_from", "开始时间", "From", MOMENT, rule=CONTENT),
                    Field("supply_closes_at", "截止时间", "Until", MOMENT, rule=CONTENT),
                    Field("file_how", "方式和售价", "How, and price", rule=FILE),
                ),
            ),
            Section(
                "提交资格预审申请文件",
                "Applications",
                (
                    Field("applications_close_at", "申请截止时间", "Closing of applications", MOMENT, rule=CONTENT),
                    Field("place", "地点", "Place", rule=CONTENT),
                    Field("examined_on", "资格预审日期", "Day of the examination", DAY, rule=CONTENT),
                ),
            ),
            Section("公告期限", "Notice period", (Field("period", "公告期限", "Period", rule=CONTENT, optional=True),)),
            full_contacts(Field("project_contact", "项目联系人", "Project contact", rule=CONTENT), rule=CONTENT),
        ),
        facts,
        lambda found: f"{found.title}资格预审公告",
    )
)


def changed(found: Prequalification, **_context: Any) -> dict[str, Any]:
    correction = found.corrections.order_by("-number").first()
    assert correction is not None  # the Action that publishes this has just written it
    corrected = latest(found.ref, *KINDS)
    moved = correction.new_closes_at != correction.old_closes_at
    return {
        **project(found.case),
        "corrected": corrected.number if corrected else "",
        "first_published_at": found.opens_at,
        "round": f"第 {correction.number} 次",
        "item": correction.item,
        "before": correction.before,
        "after": correction.after,
        "old_closes_at": correction.old_closes_at if moved else None,
        "applications_close_at": correction.new_closes_at,
        "examined_on": found.examined_on,
        **contacts(found.case),
    }


notice_type(
    NoticeType(
        "prequalification_correction",
        "资格预审更正公告",
        "correction of a prequalification",
        (
            Section(
                "项目基本情况",
                "The project",
                (
                    *PROJECT,
                    *CORRECTED,
                ),
            ),
            Section(
                "更正信息",
                "What changes",
                (
                    *CHANGE,
                    Field("applications_close_at", "申请截止时间", "Closing of applications", MOMENT),
                    Field("examined_on", "资格预审日期", "Day of the examination", DAY),
                ),
            ),
            CONTACTS,
        ),
        changed,
        lambda found: f"{found.title}资格预审更正公告",
        lambda found: latest(found.ref, *KINDS),
    )
)
