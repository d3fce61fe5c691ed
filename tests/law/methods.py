"""Methods for tests of the choice: as short as can be, with the windows of the law; the engine knows none."""

from yangcai.procedures import AwardBy, Procedure, Stage, Step

EVERYTHING = ("goods", "services", "works")


def method(code: str, zh: str, *, window: str = "", notice: str = "", documents: str = "", **more: object) -> Procedure:
    values: dict[str, object] = {
        "categories": EVERYTHING, "grounds": f"method.{code}", "committee": None, "award_by": (AwardBy.LOWEST,), **more,
    }  # fmt: skip
    return Procedure(
        code=code,
        zh=zh,
        en=code,
        ocds_method="selective",
        steps=(
            Step(Stage.PREPARATION),
            Step(Stage.INVITATION, notice=notice, documents=documents),
            Step(Stage.SUBMISSION, window=window),
            Step(Stage.EVALUATION, decide="award.report"),
            Step(Stage.AWARD, decide="award.decide"),
        ),
        **values,  # type: ignore[arg-type]
    )


METHODS = {
    one.code: one
    for one in (
        method(
            "open_tender", "公开招标", categories=("goods", "services"), needs_approval=False,
            window="submission.open_tender", notice="notice.invitation.open_tender",
            documents="documents.supply.open_tender",
        ),
        method("restricted_tender", "邀请招标", categories=("goods", "services"), window="submission.restricted_tender",
               documents="documents.supply.open_tender"),
        method("negotiation", "竞争性谈判", window="submission.negotiation", notice="notice.invitation.negotiation"),
        method("consultation", "竞争性磋商", window="submission.consultation", notice="notice.invitation.consultation",
               documents="documents.supply.consultation"),
        method("quotations", "询价", categories=("goods",), window="submission.quotations",
               notice="notice.invitation.quotations"),
        method("single_source", "单一来源", award_by=(AwardBy.AGREED,)),
        method("emergency", "紧急采购（直接采购）", award_by=(AwardBy.AGREED,)),
        method("direct_order", "直接订购", grounds="method.outside_law", needs_approval=False, below_quota=True),
    )
}  # fmt: skip
