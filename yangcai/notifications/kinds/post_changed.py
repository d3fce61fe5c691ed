"""岗位变动: a person learns which posts were given or taken: nobody acts in a name without its owner knowing."""

import datetime
from collections.abc import Iterable

from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind
from yangcai.parties.models import Post


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """The person of the post."""
    post: Post = happened.home
    facts: Facts = {
        "what_zh": happened.action.zh,
        "what_en": happened.action.en,
        "case": post.organisation.name,
        "role_zh": post.get_role_display(),
        "role_en": post.role.replace("_", " "),
    }
    return facts, [Whom(person_id=one) for one in post.person_ids]


POST_CHANGED = kind(
    Kind(
        "post_changed",
        "岗位变动",
        "Changes of posts",
        title=("%(what)s：%(role)s（%(case)s）", "%(what)s: %(role)s (%(case)s)"),
        text=(
            "您在%(case)s的岗位“%(role)s”有变动：%(what)s。如非贵单位安排，请立即联系平台运维。",
            "Your post “%(role)s” at %(case)s changed: %(what)s. If your organisation did not order this, call the"
            " platform at once.",
        ),
        is_fixed=True,
        tone="warn",
        actions=("post.grant", "post.end", "post.delegate", "post.recall"),
        tells=tells,
    )
)
