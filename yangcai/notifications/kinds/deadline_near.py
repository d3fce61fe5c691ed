"""期限临近: a deadline of a task is a day, two hours, half an hour away. Each once per person and deadline."""

import datetime

from yangcai.notifications.kinds.base import Kind, kind

#: So long before a deadline, longest first (reference/ux.md §2: last-minute uploads fail).
LEADS = (datetime.timedelta(hours=24), datetime.timedelta(hours=2), datetime.timedelta(minutes=30))
#: What is said of each.
LEFT = {
    LEADS[0]: ("24 小时", "24 hours"),
    LEADS[1]: ("2 小时", "2 hours"),
    LEADS[2]: ("30 分钟", "30 minutes"),
}

DEADLINE_NEAR = kind(
    Kind(
        "deadline_near",
        "期限临近",
        "Deadline is near",
        title=("还有 %(left)s：%(what)s（%(case)s）", "%(left)s left: %(what)s (%(case)s)"),
        text=(
            "“%(what)s”应于 %(due_at)s 前办结，逾期将不能补办或者须承担相应责任。已经办理的不必理会。",
            "“%(what)s” is due by %(due_at)s. After that it may not be possible any more. If it is done, ignore this.",
        ),
        tone="warn",
    )
)
