"""Where is each page of the workbench?"""

from django.urls import path, register_converter

from yangcai.kernel import log_index
from yangcai.www import draws
from yangcai.www.official import pages
from yangcai.www.work import (
    archive,
    articles,
    bidding,
    casepage,
    contracts,
    doing,
    drafting,
    enquiries,
    environment,
    evaluating,
    experts,
    explained,
    files,
    handled,
    messages,
    objections,
    operating,
    people,
    queue,
    rootpages,
    schedule,
    sealing,
    starting,
    trail,
    trustee_desks,
    trustees,
    vault,
    wishes,
    worklist,
)


class LogIndexConverter:
    """A log index in an address, so that nobody reads from it how much was done meanwhile."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> int:
        return log_index.read(value)

    def to_url(self, value: int) -> str:
        return log_index.shown(value)


register_converter(LogIndexConverter, "log_index")

urlpatterns = [
    path("", worklist.worklist, name="work"),
    path("handled/", handled.handled, name="work_handled"),
    path("handled.csv", handled.handled_table, name="work_handled_file"),
    path("tasks.csv", handled.as_table, name="work_tasks_file"),
    path("queue/", queue.queue, name="work_queue"),
    path("ops/", operating.operating, name="work_ops"),
    path("trail/", trail.trail, name="work_trail"),
    path("cases/", worklist.cases, name="work_cases"),
    path("tenders/", worklist.tenders, name="work_tenders"),
    path("schedule/", schedule.schedule, name="work_schedule"),
    path("case/<int:pk>/", casepage.case_page, name="work_case"),
    path("case/<int:pk>/timeline/", casepage.case_timeline, name="work_timeline"),
    path("case/<int:pk>/archive/", archive.archive, name="work_archive"),
    path("case/<int:pk>/archive.zip", archive.archive_file, name="work_archive_file"),
    path("case/<int:pk>/draw/", draws.case_draws, name="work_draws"),
    path("case/<int:pk>/draw.json", draws.case_file, name="work_draw_file"),
    path("draft/<int:pk>/", drafting.draft, name="work_draft"),
    path("budget/", rootpages.budget, name="work_budget"),
    path("budget/<int:pk>/", rootpages.appropriation, name="work_appropriation"),
    path("start/", starting.choose, name="work_start"),
    path("start/<int:pk>/", starting.propose, name="work_start_line"),
    path("intentions/", rootpages.intentions, name="work_intentions"),
    path("intention/<int:pk>/", rootpages.intention, name="work_intention"),
    path("plans/", rootpages.plans, name="work_plans"),
    path("plan/<int:pk>/", rootpages.plan_item, name="work_plan_item"),
    path("prequalification/<int:pk>/", rootpages.prequalification, name="work_prequalification"),
    path("publicity/<int:pk>/", rootpages.publicity, name="work_publicity"),
    path("payments/", rootpages.payments, name="work_payments"),
    path("organisations/", rootpages.organisations, name="work_organisations"),
    path("organisation/<int:pk>/", rootpages.organisation, name="work_organisation"),
    path("experts/", experts.experts, name="work_experts"),
    path("expert/<int:pk>/", experts.expert, name="work_expert"),
    path("articles/", articles.articles, name="work_articles"),
    path("article/<int:pk>/", articles.article, name="work_article"),
    path("article/version/<int:pk>/", articles.version, name="work_article_version"),
    path("enquiries/", enquiries.public_enquiries, name="work_public_enquiries"),
    path("enquiries/<int:pk>/", enquiries.public_enquiry, name="work_public_enquiry"),
    path("objection/<int:pk>/", objections.objection, name="work_objection"),
    path("people/", people.people, name="work_people"),
    path("people/invite/", people.invite, name="work_invite"),
    path("vault/", vault.vault, name="work_vault"),
    path("messages/", messages.centre, name="work_messages"),
    path("messages/read/", messages.read, name="work_messages_read"),
    path("messages/wishes/", wishes.wishes, name="work_wishes"),
    path("message/<int:pk>/", messages.message, name="work_message"),
    path("message/<int:pk>/open/", messages.opened, name="work_message_open"),
    path("do/<slug:model>/<int:pk>/<str:code>/", doing.do, name="work_do"),
    path("try/<slug:model>/<int:pk>/<str:code>/", doing.rehearsal, name="work_try"),
    path("done/<log_index:seq>/", doing.done, name="work_done"),
    path("trustees/", trustees.trustees, name="work_trustees"),
    path("trustees/key/", trustee_desks.key, name="work_trustee_key"),
    path("trustees/drill/", trustee_desks.drill, name="work_trustee_drill"),
    path("trustees/lot/<int:pk>/", trustee_desks.release, name="work_trustee_lot"),
    path("bid/<int:pk>/", bidding.bid_tasks, name="work_bid_tasks"),
    path("environment/", environment.environment, name="work_environment"),
    path("environment/probe/", environment.probe, name="environment_probe"),
    path("seal/<int:pk>/", sealing.sealing, name="work_seal"),
    path("eval/<int:pk>/", evaluating.evaluate, name="work_evaluate"),
    path("file/<int:pk>/", files.file, name="work_file"),
    path("explanation/<int:pk>/", explained.explanation, name="work_explanation"),
    path("contract/<int:pk>/", contracts.contract, name="work_contract"),
    path("contract/<int:pk>/draft/", contracts.contract_draft, name="work_contract_draft"),
    path("contract/<int:pk>/pdf/", contracts.contract_pdf, name="work_contract_pdf"),
    path("report/<int:pk>/", explained.report, name="work_report"),
    path("report/<int:pk>/pdf/", explained.report_pdf, name="work_report_pdf"),
    *pages.addresses(),
]
