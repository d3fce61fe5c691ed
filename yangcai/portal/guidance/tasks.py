"""Which drafts wait for whom?"""

import datetime
from collections.abc import Iterator

from yangcai.kernel import tasks
from yangcai.kernel.tasks import Due
from yangcai.parties.roles import Role
from yangcai.portal.guidance.models import ArticleVersion


@tasks.due_on(ArticleVersion)
def version_tasks(version: ArticleVersion, *, now: datetime.datetime) -> Iterator[Due]:
    """A draft that was submitted waits for the review; one that came back, or was never sent, waits for its editor."""
    if version.published_at is not None:
        return
    owner = version.article.organisation_id
    if version.submitted_at is not None:
        yield Due("article.publish", version.ref, Role.TREASURY, version.submitted_at, organisation_id=owner)
    elif version.returned_at is not None:
        yield Due("article.amend", version.ref, Role.EDITOR, version.returned_at, organisation_id=owner)
    else:
        yield Due("article.submit", version.ref, Role.EDITOR, version.drafted_at, organisation_id=owner)
