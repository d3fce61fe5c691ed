"""Which names may the database answer with, what does each mean, and on which article does it stand?

The SQL stands beside this file (one .sql for each part), in funds/sql and in contracts/sql; simple constraints in the
models. A person who meets one reads the sentence that is registered here; tests/invariants attacks every name.
"""

from dataclasses import dataclass

from yangcai import law
from yangcai.kernel.refusals import Citation, Refusal, in_chinese, refuses

BUDGET = "control.no_budget_no_procurement"
SYSTEM = "control.no_system_no_trade"
CONTRACT = "control.no_contract_no_payment"
ACCEPTANCE = "control.no_acceptance_no_closing"


@dataclass(frozen=True)
class Constraint:
    """One name that the database gives when it refuses."""

    name: str
    zh: str
    en: str
    rule: str

    def __str__(self) -> str:
        return self.name

    @property
    def text(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def citation(self) -> Citation:
        """By the latest wording: a constraint holds at any time."""
        return law.history(self.rule)[-1].citation

    @property
    def refusal(self) -> Refusal:
        return Refusal(self.name, self.zh, self.en, citation=self.citation)


@dataclass(frozen=True)
class Control:
    """One of the four controls, or what they rest on."""

    code: str
    zh: str
    en: str
    rule: str
    constraints: tuple[Constraint, ...]


def _control(code: str, zh: str, en: str, rule: str, *rows: tuple[str, str, str]) -> Control:
    return Control(code, zh, en, rule, tuple(Constraint(*row, rule=rule) for row in rows))


CONTROLS: tuple[Control, ...] = (
    _control(
        "budget", "无预算不采购", "No procurement without budget", BUDGET,
        ("never_negative", "资金余额不足，不能划转", "There is not enough money for this move"),
        ("plan_item_funds_form_a_chain", "采购计划的预留资金必须来自它自己的预算项目",
         "A plan's reservation comes from its own budget item"),
        ("reservation_belongs_to_a_plan_item", "资金只能为有效的采购计划预留",
         "Money is reserved only for a live plan"),
        ("reserved_as_planned", "预留资金不能超过采购计划的金额", "No more is reserved than the plan says"),
        ("no_plan_without_intention", "送审的采购计划须有采购意向或者不公开的理由",
         "A plan sent for review has an intention or the reason for none"),
        ("one_live_case_per_plan_item", "一项采购计划同时只能有一个进行中的采购项目",
         "A plan has one live case at a time"),
        ("no_budget_no_case", "采购计划未经审核、备案或者预留资金不足，不能立项",
         "No case without an approved, filed and funded plan"),
        ("case_belongs_to_the_buyer_of_its_plan", "采购项目的采购人必须是采购计划的采购人",
         "The buyer of a case is the buyer of its plan"),
        ("no_publication_beyond_the_reservation", "采购包的预算超过预留资金，不能发布采购公告",
         "Nothing is published beyond what is reserved"),
        ("published_case_stays_funded", "已公告的采购项目仍需这笔预留资金，不能动用",
         "A published case still needs this reservation"),
        ("lots_within_the_case_budget", "各采购包预算之和不能超过采购项目预算",
         "The lots stay within the case's budget"),
        ("ceiling_within_budget", "最高限价不能超过预算金额", "The ceiling may not exceed the budget"),
        ("lot_ceiling_within_budget", "采购包的最高限价不能超过其预算", "A lot's ceiling may not exceed its budget"),
        ("no_award_without_budget", "采购计划不动用预算资金的，不能产生中标结果",
         "Nothing is awarded on a plan that spends nothing"),
        ("only_a_failed_lot_is_released", "只有进行中的采购项目里已经废标、没有中标结果的采购包才能解除预留",
         "Only a failed lot of a running case gives its budget back"),
        ("one_release_per_lot", "一个采购包的预留只能解除一次", "A lot gives its budget back once"),
        ("release_is_positive", "解除预留的金额必须大于零", "What a lot gives back is above zero"),
        ("released_means_transferred", "没有资金划转，不能记为已解除预留", "No lot is released unless money moved"),
        ("plan_says_what_was_released", "采购计划记载的解除预留金额必须与各采购包一致",
         "A plan says exactly what its lots gave back"),
        ("released_lot_stays_lost", "已解除预留的采购包不能恢复或者定标，应当另行采购",
         "A released lot never comes back: it is procured anew"),
        ("renewed_within_the_release", "接续的采购计划不能超过废标采购包解除预留的金额",
         "A plan that renews another stays within what its failed lots gave back"),
        ("plan_with_a_live_case_is_not_cancelled", "采购项目进行中，其采购计划不能取消",
         "A plan whose case runs is not cancelled"),
    ),
    _control(
        "system", "无系统不交易", "No transaction outside the system", SYSTEM,
        ("candidate_comes_from_a_published_case", "候选人只能出自在本平台公告过的采购项目",
         "Candidates come from a case published on the platform"),
        ("award_comes_from_its_candidate", "中标结果必须与候选人的采购包、供应商和金额一致",
         "An award follows its candidate: lot, supplier and amount"),
        ("nobody_annuls_an_award_alone", "认定中标结果无效或者供应商拒签，须由另一人复核确认；供应商自己声明拒签的除外",
         "Another person confirms that an award is void or refused, unless its winner declares that itself"),
        ("one_annulment_at_a_time", "一个中标结果同时只能有一项失效的提请",
         "An award has one request to let it fall at a time"),
        ("one_award_per_lot", "一个采购包只能有一个有效的中标结果", "A lot has one standing award"),
        ("award_under_contract_stands", "合同已签订并在履行，其中标结果不能作废",
         "An award whose contract runs is not withdrawn"),
        ("no_contract_without_award", "没有有效的中标结果，不能订立合同", "No contract without a standing award"),
        ("one_contract_per_award", "一个中标结果只能订立一份合同", "An award has one contract"),
        ("contract_follows_its_award", "合同的项目、采购人、供应商必须与中标结果一致",
         "Case, buyer and supplier of a contract are those of its award"),
        ("contract_within_its_award", "合同金额不能超过中标金额与补充合同之和",
         "A contract stays within its award and its supplements"),
    ),
    _control(
        "contract", "无合同不支付", "No payment without contract", CONTRACT,
        ("contract_is_signed_by_both_sides", "合同须经双方签订", "A contract is signed by both sides"),
        ("only_a_signed_contract_is_published", "合同签订后才能公告和备案",
         "Only a signed contract is published and filed"),
        ("contract_funds_form_a_chain", "合同资金必须出自该项目采购计划的预留资金",
         "A contract's money comes from the plan of its case"),
        ("no_commitment_without_contract", "没有有效的合同，不能占用资金",
         "Money is committed only for a running contract"),
        ("committed_within_the_contract", "占用资金不能超过合同金额", "No more is committed than the contract says"),
        ("running_contract_stays_funded", "履行中的合同须有与合同金额相等的占用和已付资金",
         "A running contract holds its whole amount, committed or paid"),
        ("milestones_within_the_contract", "付款节点之和不能超过合同金额", "The milestones stay within the contract"),
        ("payment_follows_its_contract", "发票和支付申请必须属于同一合同的同一付款节点，且不超过发票金额",
         "Invoice and request are of one contract and milestone, within the invoice"),
        ("requests_within_the_milestone", "支付申请之和不能超过付款节点的金额",
         "The requests stay within the milestone"),
        ("one_live_request_per_invoice", "一张发票只能有一份有效的支付申请", "An invoice has one live request"),
        ("no_payment_without_approval", "支付申请未经审核，不能支付", "Nothing is paid without approval"),
        ("no_contract_no_payment", "合同未签订、公告、备案，或者没有经审核的同额支付申请，不能支付",
         "Paid is only an approved request of that amount under a signed, published and filed contract that runs"),
        ("no_acceptance_no_payment",
         "该付款节点以验收合格为条件，未经验收不能支付；终止研发的，公告成本补偿约定后才能支付",
         "This milestone is due on acceptance, which has not passed, nor was a settlement of ended research published"),
        ("one_payment_per_request", "一份支付申请只能支付一次", "A request is paid once"),
        ("contract_ends_as_settled",
         "研发成本补偿按无过错约定的，不能再以违约或者未完成标志性成果解除合同，反之亦然",
         "Where costs were settled because nobody was at fault the contract does not end as anybody's breach, nor the"
         " other way round"),
        ("paid_means_transferred", "没有资金划转，不能标记为已支付", "Nothing is marked as paid unless money moved"),
        ("refund_names_its_payment", "退回的资金必须对应已支付的申请，且不超过其金额",
         "What is refunded was paid on that request, and no more"),
    ),
    _control(
        "acceptance", "无验收不结项", "No closing without acceptance", ACCEPTANCE,
        ("no_acceptance_no_closing", "没有本合同合格的最终验收，不能结项",
         "A contract closes only on its own passed final acceptance"),
        ("unsettled_contract_is_not_closed", "合同资金尚未结清，不能结项", "A contract closes only when it is settled"),
        ("acceptance_is_never_flipped", "验收结论登记后不能改动", "An acceptance, once recorded, is never changed"),
    ),
    _control(
        "ledger", "资金账", "The ledger", BUDGET,
        ("funds_open_at_zero", "资金账户开立时余额为零", "A fund opens at zero"),
        ("funds_form_a_chain", "资金账户只能依次为可用、预留、占用、已付", "Funds form the chain available to paid"),
        ("funds_are_never_repointed", "资金账户的性质和来源不能改动", "A fund keeps its kind and its parent"),
        ("balances_move_only_by_transfers", "余额只能通过资金划转变动", "A balance moves only by a transfer"),
        ("transfers_follow_the_chain", "资金划转不符合资金流转次序", "This move of money does not follow the chain"),
        ("transfers_are_never_changed", "资金划转记录不能修改或者删除", "A transfer is never changed or deleted"),
        ("transfer_is_positive", "划转金额必须大于零", "A transfer is above zero"),
        ("appropriated_as_approved", "下达的资金不能超过批复的预算", "No more is appropriated than was approved"),
        ("appropriation_owns_an_available_fund", "预算项目必须对应可用资金账户",
         "An appropriation owns an available fund"),
        ("appropriations_are_never_rewritten", "批复的预算不能改写", "An approved budget is never rewritten"),
        ("one_line_per_budget_code", "同一采购人同一年度的预算项目编码不能重复",
         "A buyer's budget code stands once in a year"),
    ),
)  # fmt: skip

#: What the controls rest on, each under the article of its own.
FOUNDATIONS: tuple[Control, ...] = (
    _control(
        "method", "采购方式", "The method", "method.approval",
        ("no_changed_method_without_approval", "采购方式未经财政部门批准，不能开始采购活动",
         "Without the treasury's approval of the method no case begins"),
        ("no_approval_without_consent", "未经主管预算单位同意，不能批准采购方式",
         "No method is approved without the main budget unit's consent"),
        ("application_is_decided_once", "采购方式变更申请只能办结一次", "An application is decided once"),
        ("one_application_at_a_time", "一项采购计划同时只能有一件采购方式变更申请",
         "A plan has one open application for another method"),
    ),
    _control(
        "release", "废标采购包", "Failed lots", "objection.file",
        ("no_release_before_the_remedies", "质疑、投诉期未满或者采购活动暂停的，不能解除废标采购包的预留",
         "No failed lot is released while its failure can be objected to, or the case is suspended"),
    ),
    _control(
        "objections", "质疑", "Objections", "objection.answer",
        ("objection_is_never_rewritten", "提出的质疑不能改写", "An objection is never rewritten"),
        ("objection_has_its_matters", "质疑函应当写明质疑事项", "An objection says what is objected to"),
        ("objection_is_of_its_case", "质疑涉及的采购包应当属于本项目", "The lot objected to is one of the case"),
        ("objections_come_at_once", "采购文件要求一次性提出的，同一环节只收一份质疑函",
         "Where the document wants all objections to one step at once, one letter is taken"),
        ("objection_answer_stands", "质疑答复作出后不能更改", "The answer to an objection is not changed"),
        ("objection_answer_is_whole", "质疑答复应当有答复人、时间和处理结果",
         "An answer to an objection says by whom, when, and what follows"),
        ("withdrawn_objection_has_no_answer", "已经撤回的质疑不再答复", "A withdrawn objection is not answered"),
        ("every_matter_is_answered", "质疑事项应当逐项答复", "Every matter of an objection is answered"),
        ("one_matter_per_number", "一件质疑的事项按序号各列一次", "A matter stands once in an objection"),
    ),
    _control(
        "signing", "质疑期间的合同", "Contracts while objections wait", "objection.signing",
        ("no_contract_while_an_objection_waits", "质疑可能影响结果的，答复之前不能签订合同",
         "While an objection may affect the result no contract is signed"),
    ),
    _control(
        "publicity", "单一来源公示", "The single-source publicity", "single_source.outcome",
        ("publicity_is_concluded_with_an_outcome", "补充论证完成应当有结论",
         "Objections are answered with an outcome"),
    ),
    _control(
        "imports", "进口产品", "Imported products", "import.approval",
        ("one_import_application_at_a_time", "一项采购计划同时只能有一件进口产品申请",
         "A plan has one open application for imported products"),
        ("import_application_is_decided_once", "进口产品申请只能办结一次",
         "An application for imported products is decided once"),
        ("import_application_is_never_rewritten", "提出的进口产品申请不能改写",
         "An application for imported products is never rewritten"),
    ),
    _control(
        "weights", "价格分权重", "Weights of price", "evaluation.price_weight.consultation_consent",
        ("one_weight_application_at_a_time", "一个采购包同时只能有一件价格分权重申请",
         "A lot has one open application for a weight of price"),
        ("weight_application_is_decided_once", "价格分权重申请只能办结一次",
         "An application for a weight of price is decided once"),
        ("consent_to_a_weight_has_its_number", "同意价格分权重应当有文号",
         "A consent to a weight of price has its number"),
        ("weight_asked_for_is_in_points", "申请的价格分值应当大于零、不超过总分",
         "The weight asked for is more than nothing and no more than all points"),
        ("weight_application_is_never_rewritten", "提出的价格分权重申请不能改写",
         "An application for a weight of price is never rewritten"),
    ),
    _control(
        "partners", "联合体和分包", "Consortia and subcontracts", "qualification.consortium",
        ("one_place_per_partner", "联合体成员、分包供应商在一份投标中只能列一次", "A partner stands once in a bid"),
        ("partner_has_a_part", "联合体成员、分包供应商的合同份额应当大于零、小于全部",
         "A partner has a part of the contract: more than nothing, less than all"),
    ),
    _control(
        "consortia", "联合协议", "Consortium agreements", "qualification.consortium_agreement",
        ("nobody_joins_by_anothers_word", "联合协议只能由牵头人自己登记、由成员自己确认",
         "A leader registers and a member confirms by a post of its own"),
        ("confirmation_has_its_post", "确认联合协议须记明岗位", "A confirmation says by which post it was given"),
        ("member_takes_part_once", "联合体成员不得再单独或者另组联合体参加同一采购包",
         "A member of a consortium takes part in the lot in no other way"),
        ("one_consortium_per_leader", "牵头人在一个采购包只能有一份有效的联合协议",
         "A leader has one agreement in force for a lot"),
        ("one_place_per_member", "牵头人和成员在联合协议中各列一次", "Leader and members stand once in an agreement"),
        ("member_has_a_part", "成员的合同份额应当大于零，合计小于全部",
         "Each member has a part of the contract, and something is left to the leader"),
        ("consortium_stands_with_its_bid", "牵头人的投标文件未撤回的，联合协议不能撤回，成员不能退出",
         "While the leader's bid is in, the agreement stands and no member leaves it"),
        ("consortium_is_never_rewritten", "联合协议登记后不能改写", "A registered agreement is never rewritten"),
        ("consortium_forms_before_the_deadline", "投标截止后不能登记、确认、退出或者撤回联合协议",
         "Agreements are registered, confirmed, left and withdrawn before the deadline"),
    ),
    _control(
        "applications", "资格预审申请", "Applications for prequalification", "prequalification.content",
        ("late_application_is_refused", "不在申请时间内，资格预审申请不予接收",
         "No application is taken outside the announced time"),
        ("applications_stand_from_the_deadline", "申请截止后不能撤回资格预审申请",
         "From the deadline on an application is not withdrawn"),
        ("application_is_never_changed", "资格预审申请提交后不能改动", "An application is never changed"),
        ("one_live_application_per_supplier", "一个供应商只能有一份有效的资格预审申请",
         "A supplier has one live application"),
        ("announced_prequalification_is_never_rewritten", "已公告的资格预审文件不能改写，只能更正",
         "An announced prequalification file is corrected, never rewritten"),
        ("announced_conditions_are_never_changed", "已公告的资格条件不能改变",
         "Announced conditions are never changed"),
        ("application_deadline_only_moves_later", "资格预审申请截止时间只能在截止前推迟",
         "The deadline of applications moves later, and only before it has passed"),
    ),
    _control(
        "prequalification", "资格预审", "Prequalification", "prequalification.examined",
        ("no_examination_before_the_deadline", "申请截止前和资格预审完成后不能审查",
         "Nothing is examined before the deadline or after the conclusion"),
        ("examined_by_the_announced_conditions", "只能按公告的资格要求审查未撤回的申请",
         "Standing applications are examined by the announced conditions alone"),
        ("qualified_by_every_condition", "各项资格要求全部通过的才是合格",
         "Qualified is who meets every announced condition"),
        ("application_is_answered_with_its_reason", "不合格的结果应当写明理由",
         "Who is not qualified is told the reason"),
        ("failing_condition_has_its_reason", "不通过的资格要求应当写明理由", "A failing condition has its reason"),
        ("only_the_qualified_are_invited", "采用资格预审的，只能邀请资格预审合格的供应商",
         "After a prequalification only the qualified are invited"),
    ),
    _control(
        "submission", "投标截止", "The deadline of bids", "submission.late_bid",
        ("late_bid_is_refused", "不在投标时间内，投标文件不予接收", "No bid is taken outside the submission period"),
        ("bids_stand_from_the_deadline", "投标截止后不能撤回或者替换投标文件",
         "From the deadline on a bid is neither withdrawn nor replaced"),
        ("one_live_bid_per_supplier", "一个供应商对一个采购包只能有一份有效的投标文件",
         "A supplier has one live bid in a lot"),
        ("closed_submission_stays_closed", "投标截止时间已过，不能再改", "A deadline that has passed is not moved"),
        ("bid_is_reconfirmed_before_the_deadline", "投标截止后不能再确认原投标文件",
         "From the deadline on no bid is confirmed after a correction"),
        ("bidder_reconfirms_its_own_bid", "更正后只有投标人自己可以确认其有效的投标文件，自行密封的须签名",
         "A standing bid is confirmed by its bidder alone, and by signature where the bidder sealed it"),
        ("bid_is_reconfirmed_after_its_correction", "只能确认递交以后最近一次影响投标文件编制的更正",
         "A bid is confirmed against the newest correction that affects bids and came after it"),
        ("one_reconfirmation_per_correction", "同一次更正只确认一次", "A bid is confirmed once against a correction"),
    ),
    _control(
        "opening", "开标", "The opening", "opening.at_deadline",
        ("no_opening_before_the_deadline", "投标截止前不能开启投标文件", "No bid is opened before the deadline"),
        ("no_submission_after_the_opening", "开标后不能再接收投标文件", "No bid is taken after the opening"),
        ("opened_bid_is_the_sealed_one", "开启的投标文件必须是该供应商递交的密封文件",
         "What is opened is what that supplier sealed"),
        ("sealed_bid_is_never_changed", "投标文件递交和开启后不能改动", "A sealed or opened bid is never changed"),
        ("no_sandbox_clock_outside_a_sandbox", "正式环境按数据库时间，不能设置模拟时钟",
         "Outside a sandbox the database keeps its own time"),
        ("periods_do_not_overlap", "同一项目的环节时间不能重叠", "The stages of a case do not overlap"),
    ),
    _control(
        "sealed", "投标人自行密封", "Bids sealed by their bidders", "submission.secrecy",
        ("sealed_as_the_policy_says", "公布了开启规则的采购包只接收投标人自行密封的投标文件，其他采购包只由平台密封",
         "A lot with an opening policy takes bids sealed by their bidders, any other those sealed by the platform"),
        ("no_sealed_bid_without_receipt", "没有回执的密封投标不能入库", "No sealed bid is kept without its receipt"),
        ("verified_upload_is_never_changed", "核对过的密封文件不能改动", "A verified envelope is never changed"),
        ("nobody_opens_with_the_operator_alone", "开启所需份额须大于投标人份额加一",
         "The threshold exceeds the bidder's shares by more than one"),
        ("policy_has_enough_trustees", "开启规则须有足够的、分属不同单位的受托人",
         "A policy has enough trustees of different organisations"),
        ("published_policy_is_never_rewritten", "已公布的开启规则不能改写", "A published policy is never rewritten"),
        ("policy_only_postpones", "开启规则的新版本只能推迟时间", "A later revision of a policy only postpones"),
        ("one_trustee_per_organisation", "一个单位同时只能有一套受托人公钥",
         "An organisation has one pair of trustee's keys in office"),
        ("one_upload_per_key", "一个供应商在一个采购包的一个幂等键只能对应一次递交",
         "A supplier's idempotency key stands for one submission to a lot"),
        ("no_closing_before_the_deadline", "投标截止前不能登记截止", "Nothing is closed before the deadline"),
        ("close_set_is_what_came_in", "截止清单必须与收到的投标文件一致", "The close set is what came in"),
        ("keys_are_released_in_their_window", "解密时限外不能释放投标文件的密钥",
         "Bidders release their keys within the window"),
        ("no_share_before_the_barrier", "投标人解密完成或者时限届满前，受托人不能释放份额",
         "No trustee's share comes in before the barrier"),
        ("operator_is_never_first", "平台份额须在其他受托人之后释放", "The platform's share is never the first"),
        ("share_comes_from_its_holder", "密钥份额只能由其持有人释放，释放后不能改动",
         "A share comes from its holder and stays as it came"),
        ("no_opening_before_the_shares", "份额不足的投标文件不能开启", "No sealed bid is opened with too few shares"),
        ("share_is_tried_by_its_holder", "份额只能由平台、监督和公证受托人在截止前试解各自的一份",
         "Shares are tried before the deadline, by the platform's, supervisor's and notary's trustee, each its own"),
        ("one_test_per_share", "一份份额只试解一次", "A share is tried once"),
        ("one_drill_at_a_time", "同时只能有一次开启演练", "There is one drill at a time"),
        ("one_drill_release_per_trustee", "一个受托人在一次演练中只释放一次", "A trustee releases once in a drill"),
        ("nobody_joins_a_drill_afterwards", "演练结束后不能再参加", "Nobody joins a drill that is over"),
        ("nobody_stands_in_for_itself", "值守人不能作自己的替补", "Nobody stands in for itself"),
        ("upload_given_up_is_no_bid", "放弃的上传不能成为投标文件，已递交的不能放弃",
         "An upload that was given up is no bid, and one that became a bid is not given up"),
        ("one_abandonment_at_a_time", "一个采购包同时只能有一项不再等待开启的提请",
         "A lot has one request to wait no longer at a time"),
        ("nobody_gives_up_bids_alone", "不再等待开启须由另一人复核", "Another person confirms that bids are given up"),
        ("no_price_before_the_technical_evaluation", "技术评审结束前不能开启报价信封，没有通过的永久密封",
         "No price in a cover of its own is opened before the technical evaluation is closed, nor of a bid that fell"),
        ("figures_stand_once_prices_may_be_read", "可以开启报价或者评审结果汇总之后，核实的评分数值不能再改",
         "Once prices may be read, or the result is computed, the figures that the committee found stand"),
    ),
    _control(
        "outages", "停机顺延", "Outages", "outage.extension",
        ("health_journal_only_grows", "健康日志只能逐条追加，不能改写", "The health journal is only ever added to"),
        ("good_is_what_nothing_failed_in", "没有故障的才是正常记录", "A good line is one in which nothing failed"),
        ("outage_is_in_the_journal", "停机只能由健康日志得出，不能改写", "An outage is what the journal says"),
        ("one_extension_per_outage", "一次停机对同一截止时间只顺延一次", "An outage extends a deadline once"),
        ("extension_only_postpones", "顺延只能推迟截止时间", "An extension only postpones"),
        ("extension_follows_the_outage", "顺延须有保护时间内的停机，并按规则留足时间",
         "An extension rests on an outage in the protected time, and gives what the terms promise"),
        ("extended_deadline_stands", "已经顺延的截止时间不能收回", "An extended deadline is not taken back"),
        ("maintenance_is_announced_beforehand", "计划维护应当事先公布，结束晚于开始",
         "Maintenance is announced before it begins, and ends after it"),
        ("maintenance_keeps_off_deadlines", "计划维护应当避开截止前的保护时间，公布后不能改写",
         "Planned maintenance keeps out of the protected time before a deadline, and stays as announced"),
        ("no_opening_before_the_journal", "健康日志确认截止时间有效前不能开标",
         "Nothing is opened before the journal says that the deadline stands"),
    ),
    _control(
        "dialogue", "谈判记录", "The record of the dialogue", "dialogue.change",
        ("dialogue_record_is_never_rewritten", "谈判记录和已通知的实质性变动不能改写",
         "What was said in the dialogue, and what it changed, is never rewritten"),
    ),
    _control(
        "draw", "抽取专家", "The draw of experts", "committee.random_draw",
        ("draw_is_never_rewritten", "抽取的承诺、随机数、名单、次序和通知结果不能改写",
         "Commit, numbers, list, order and calls of a draw are never rewritten"),
        ("list_is_fixed_by_the_commit", "名单锁定后不能再增加专家或者参与方",
         "Once the list is fixed neither an expert nor a party joins the draw"),
        ("number_is_the_promised_one", "名单锁定后才能公布随机数，且必须与先前提交的摘要一致",
         "A number is said after the list is fixed, and is the one that was promised"),
        ("experts_are_called_in_order", "专家只能按抽取次序依次通知", "Experts are called in the order of the draw"),
        ("no_expert_sits_undrawn", "评审专家只能由抽取产生", "No expert sits but who was drawn"),
    ),
    _control(
        "choice", "自行选定评审专家", "Experts chosen by the buyer", "committee.chosen",
        ("no_chosen_expert_sits_without_consent", "自行选定的评审专家经主管预算单位同意后才能入席",
         "Whom the buyer chose sits with the consent of its main budget unit"),
        ("choice_is_fixed_by_its_consent", "审核以后不能再增加选定的专家",
         "Nobody joins a choice after it was decided"),
        ("one_choice_of_experts", "一个项目同时只能有一份自行选定评审专家的申请", "A case has one choice of experts"),
        ("choice_is_decided_with_an_answer", "审核自行选定评审专家必须写明是否同意",
         "A choice of experts is decided with yes or no"),
    ),
    _control(
        "outside", "异地抽取", "A draw from another province", "committee.outside_library",
        ("one_outside_library", "一个项目同时只能报送一个外省专家库", "A case names one other library"),
        ("outside_list_is_filed", "外省专家名单须有备案文号和名单摘要",
         "The list of another library has its filing and its digest"),
        ("one_expert_per_number_of_a_library", "外省专家库的一个编号只对应一名专家",
         "A number of another library stands for one expert"),
    ),
    _control(
        "recusal", "回避", "Recusal", "committee.recusal",
        ("recusal_fact_is_never_rewritten", "申报的回避事实不能改写，只能登记终止",
         "A declared recusal fact is never rewritten; it can only end"),
    ),
    _control(
        "visit", "现场考察和样品", "Visits and samples", "samples.stated",
        ("visit_is_held_or_cancelled", "现场考察不能既举行又取消", "A visit is held or cancelled, never both"),
        ("visit_is_not_held_before_its_time", "现场考察不能早于载明的时间举行",
         "A visit is not held before the time that all were told"),
        ("one_sample_per_bidder", "一个供应商在一个采购包只登记一件样品", "A bidder has one sample in a lot"),
        ("report_says_by_whom_and_on_what", "要求检测报告的，写明检测机构和检测内容",
         "A test report that is asked for says by whom and on what"),
        ("sample_is_disposed_of_with_consent", "样品经供应商同意后才能自行处理",
         "A sample is disposed of with its owner's consent"),
    ),
    _control(
        "computed", "按公式计分", "Points by formula", "evaluation.intervals",
        ("formula_counts_objective_points", "计分公式只用于客观分，并且写明计分表",
         "A formula counts objective points, by a table"),
        ("one_maker_per_number", "制造商按序号各列一次", "A maker stands once in the declaration of a bid"),
        ("deviation_says_what_is_offered", "声明正偏离、负偏离的须写明投标响应", "A deviation says what is offered"),
        ("another_figure_has_its_reason", "核实数值与承诺不符的必须写明理由",
         "Another figure than the declared one has its reason"),
    ),
    _control(
        "correction", "评分更正", "Corrected scores", "evaluation.corrections",
        ("overtaken_report_is_never_signed", "因评分更正而作废的评审报告不能签署",
         "A report that a correction overtook is never signed"),
    ),
    _control(
        "abnormal", "认定评分畸高、畸低", "Scores found abnormally high or low", "evaluation.abnormal_finding",
        ("abnormal_score_is_found_by_the_committee",
         "评分畸高、畸低须经评标委员会在任成员表决认定，方可由该评委按认定的方向更正",
         "A score is corrected as abnormally high or low once those who sit have voted that it is, and the way they"
         " found it"),
        ("member_is_heard_before_the_vote", "表决前须听取该评委说明，或者说明期限已过",
         "The member concerned is heard before the vote, or lets its time pass"),
    ),
    _control(
        "review", "要求复核", "Requests to review a result", "evaluation.review_request",
        ("one_review_request_at_a_time", "一份评审报告同时只能有一项复核要求",
         "A report has one open request for review"),
        ("review_request_is_settled_once", "复核要求只能办结一次", "A request for review is settled once"),
    ),
    _control(
        "conduct", "履职记录", "Conduct records", "expert.conduct_record",
        ("conduct_record_is_never_rewritten", "履职情况记录不能改写", "A conduct record is never rewritten"),
    ),
    _control(
        "framework", "框架协议", "Framework agreements", "framework.second_stage",
        ("call_off_goes_to_an_entrant",
         "按框架协议成交的，只能授予已签订协议、未退出的入围供应商，且不超过协议价格；"
         "依法授予非入围供应商的，须价格更低且入围供应商不同意降价",
         "A call-off goes to an entrant that has signed and is still in, within its agreement price; outside them only"
         " at a lower price to which the entrant would not come down"),
        ("agreement_is_signed_by_both_sides", "框架协议须经双方签订", "An agreement is signed by both sides"),
        ("one_entry_per_supplier", "一个供应商在同一框架协议中只能入围一次", "A supplier enters an agreement once"),
        ("agreement_is_never_rewritten", "框架协议的供应商、顺序和专用耗材价格不能改动",
         "Supplier, order and prices of consumables of an agreement never change"),
        ("agreement_price_never_rises", "协议价格只能随产品升级换代降低，不能提高",
         "The price of an agreement may fall with a new product and never rises"),
        ("replacement_costs_no_more", "产品升级换代的价格不得提高", 
         "A new product costs no more than the one it replaces"),
        ("outside_offer_is_cheaper", "非入围供应商的价格须低于协议价格", "What goes outside the entrants is cheaper"),
        ("one_scheme_at_a_time", "采购方案正在审核", "One scheme is examined at a time"),
        ("published_framework_is_never_rewritten", "已公告的框架协议条款不能改写",
         "The terms of a published call are never rewritten"),
    ),
    _control(
        "records", "如实记录", "Records stay as they are", "records.keep",
        ("links_are_never_repointed", "记录之间的对应关系和金额不能改动",
         "What a row belongs to and is worth never changes"),
        ("steps_are_never_taken_back", "已经办理的步骤不能抹去", "A step that was taken is not wiped out"),
        ("approved_plan_is_never_rewritten", "审核通过的采购计划不能改写", "An approved plan is never rewritten"),
        ("published_case_is_never_rewritten", "已公告的采购项目不能改写", "A published case is never rewritten"),
        ("published_solicitation_is_frozen", "已公告的采购文件只能通过更正公告修改",
         "A published solicitation changes only by a correction notice"),
        ("evaluation_report_is_never_rewritten", "评审报告不能改写，只能依法更正后另行出具",
         "An evaluation report is never rewritten: a lawful correction makes a new one"),
        ("scores_stand_once_handed_in", "提交的评分在评审结果汇总前不能改动；可以开启报价之后不能补评",
         "A score stands as it was handed in until the result is computed; none is added once prices may be read"),
        ("one_committee_at_a_time", "一个项目同时只有一个评标委员会", "A case has one committee at a time"),
        ("dissolved_committee_evaluates_nothing", "已经解散的评标委员会不能再评审，其评审报告不能签署",
         "A committee that was dissolved evaluates nothing more, and its report is never signed"),
        ("brands_are_one_before_the_scores", "评委评分或者汇总评审结果后，不能再认定或者撤回同一品牌",
         "Which brands are one is settled before members score and before the result is computed"),
        ("score_changes_on_a_lawful_ground", "汇总后只能按法定情形更正评分，并同时另行出具写明情形的评审报告",
         "A computed score changes on a lawful ground alone, with a new revision of the report that names it"),
        ("signed_contract_is_never_rewritten", "已签订的合同不能改写，只能依法变更",
         "A signed contract is amended, never rewritten"),
        ("entries_are_never_changed", "留痕不能修改或者删除", "The log is never changed"),
        ("the_public_log_only_grows", "公开日志只增不改", "The public log only grows"),
        ("one_root_per_size", "公开日志在同一条目数上只能有一个根摘要", "The public log has one root for each size"),
        ("notices_are_never_changed", "已发布的公告不能修改或者删除", "A published notice is never changed"),
        ("published_articles_are_never_rewritten", "已发布的文章不能改写，只能修订为新版本",
         "A published article is revised into a new version, never rewritten"),
        ("records_are_never_deleted", "采购记录应当保存，不能删除", "Records are kept, never deleted"),
    ),
)  # fmt: skip


def all_constraints() -> tuple[Constraint, ...]:
    """Every registered name, the controls' own first."""
    return tuple(constraint for control in (*CONTROLS, *FOUNDATIONS) for constraint in control.constraints)


def announce() -> None:
    """Tell the kernel what to say for each name (at start-up)."""
    for constraint in all_constraints():
        refuses(constraint.name, constraint.refusal)
