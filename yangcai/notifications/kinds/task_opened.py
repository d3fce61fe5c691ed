"""新的待办: something waits for this post now, because somebody else did something."""

from yangcai.notifications.kinds.base import Kind, kind

TASK_OPENED = kind(
    Kind(
        "task_opened",
        "新的待办",
        "New task",
        title=("待办：%(what)s（%(case)s）", "To do: %(what)s (%(case)s)"),
        text=(
            "“%(what)s”现在由您或者贵单位同岗位的同事办理。%(until)s",
            "“%(what)s” now waits for you or a colleague at the same post. %(until)s",
        ),
    )
)
#: What is added where the task has a deadline.
UNTIL = ("期限：%s。", "Deadline: %s.")
