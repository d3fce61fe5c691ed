from django.apps import AppConfig


class TenderingConfig(AppConfig):
    name = "yangcai.tendering"
    label = "tendering"
    verbose_name = "招标"

    def ready(self) -> None:
        from yangcai.cases.actions import ALSO_GIVEN, TerminationGround
        from yangcai.cases.queries import ALSO_ANNOUNCED
        from yangcai.kernel.actions import AFTERWARDS
        from yangcai.tendering import actions, health, policies, queries, tasks  # noqa: F401 - they register themselves
        from yangcai.tendering.actions.prequalification import CONCERNING, keep_its_tasks
        from yangcai.tendering.actions.sealed import leave_the_log
        from yangcai.tendering.rules.prequalification import announced, qualified
        from yangcai.tendering.tasks.releases import keep_the_plans_tasks
        from yangcai.tendering.two_bidders import begin_with_them

        health.look_at_the_site()
        ALSO_ANNOUNCED.append(announced.is_announced)
        ALSO_GIVEN[TerminationGround.TOO_FEW_PREQUALIFIED] = qualified.too_few_came_through
        for code in CONCERNING:
            AFTERWARDS.setdefault(code, []).append(keep_its_tasks)
        AFTERWARDS.setdefault("invitation.publish", []).append(policies.publish_drafts)
        for code in policies.MOVES_THE_DEADLINE:
            AFTERWARDS.setdefault(code, []).append(policies.follow_the_deadline)
        for code in ("lot.declare_unsuccessful", "case.suspend", "case.resume", "case.terminate"):
            AFTERWARDS.setdefault(code, []).append(keep_the_plans_tasks)
        AFTERWARDS.setdefault("bid.withdraw", []).append(leave_the_log)
        AFTERWARDS.setdefault("case.open", []).append(begin_with_them)
