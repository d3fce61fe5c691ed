"""已逾期: a deadline has passed and the task is still open."""

from yangcai.notifications.kinds.base import Kind, kind

DEADLINE_PASSED = kind(
    Kind(
        "deadline_passed",
        "已逾期",
        "Overdue",
        title=("已逾期：%(what)s（%(case)s）", "Overdue: %(what)s (%(case)s)"),
        text=("“%(what)s”应于 %(due_at)s 前办结，至今没有办理。", "“%(what)s” was due by %(due_at)s and is not done."),
        tone="bad",
    )
)
