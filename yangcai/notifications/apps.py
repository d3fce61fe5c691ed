from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "yangcai.notifications"
    label = "notifications"
    verbose_name = "消息通知"

    def ready(self) -> None:
        from yangcai.kernel import actions, tasks
        from yangcai.notifications import expiring, hearing, kinds  # noqa: F401 - the kinds register themselves
        from yangcai.notifications.kinds.deadline_near import LEADS

        tasks.LEADS[:] = LEADS
        tasks.LISTENERS.append(hearing.of_tasks)
        tasks.ROUNDS.append(expiring.warn)
        actions.WITNESSES.append(hearing.of_action)
