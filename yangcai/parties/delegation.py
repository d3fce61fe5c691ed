"""Who acts for somebody who is away, from when to when? A post is lent for some days and comes back by itself."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DateField, Input, TextField
from yangcai.kernel.refusals import Refusal, refuses
from yangcai.parties import rules
from yangcai.parties.models import Person, Post
from yangcai.parties.roles import Role

#: Experts judge in person (87号令 art. 47): nobody sits for them. Platform staff relieve each other by their roster.
NOT_LENT = frozenset({Role.EXPERT, Role.PLATFORM})

CHAIN = Refusal(
    "delegated_already",
    "这是他人委托给您的岗位，不能再转委托",
    "This post was delegated to you: it cannot be passed on",
)
refuses("delegation_stays_within_its_post", CHAIN)


def is_yours_to_lend(post: Post, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The post that one acts through, and not one that was lent."""
    if post.delegated_from_id is not None:
        return CHAIN
    if post.pk == by.pk:
        return None
    return Refusal("not_own_post", "只能委托本人当前岗位", "You can delegate only the post you act through")


def delegate_exists(post: Post, *, by: Post, now: datetime.datetime, username: str, **data: Any) -> Refusal | None:
    """Refuses whoever is nobody here: a person of another organisation, and one that there is not, in one sentence."""
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is not None and rules.belongs(person, post.organisation):
        return None
    return Refusal(
        "not_a_colleague",
        f"本单位没有登录名为“{username}”的人员，请先由单位管理员邀请",
        f"Nobody with the user name “{username}” belongs to your organisation: its administrator invites people",
        field="username",
    )


def is_somebody_else(post: Post, *, by: Post, now: datetime.datetime, username: str, **data: Any) -> Refusal | None:
    """Nobody acts for oneself."""
    if post.person.username != username:
        return None
    return Refusal("own_post", "不能委托给本人", "You cannot delegate to yourself", field="username")


def stays_within_its_post(
    post: Post, *, by: Post, now: datetime.datetime, from_on: datetime.date, to_on: datetime.date, **data: Any
) -> Refusal | None:
    """From today on, with a last day, and no longer than the post itself lasts."""
    today = timezone.localdate(now)
    if today <= from_on <= to_on and (post.to_on is None or to_on <= post.to_on):
        return None
    return Refusal(
        "impossible_date",
        f"委托期间应自 {today} 或以后起" + (f"，不晚于本岗位止期 {post.to_on}" if post.to_on else "，止期不早于起期"),
        f"A delegation begins on {today} or later and ends after it begins"
        + (f", by {post.to_on} when the post ends" if post.to_on else ""),
        field="to_on",
    )


def duties_stay_apart(
    post: Post,
    *,
    by: Post,
    now: datetime.datetime,
    username: str,
    from_on: datetime.date,
    to_on: datetime.date,
    **data: Any,
) -> list[Refusal]:
    """Who acts for somebody holds that role in those days, with all that it excludes (政府采购法 art. 61)."""
    given: dict[str, Any] = {"by": by, "now": now, "username": username, "from_on": from_on, "to_on": to_on}
    return rules.roles_are_compatible(post.organisation, role=post.role, **given)


class DelegatePost(Input):
    username = TextField(label=_("受托人登录名"), max_length=64, help_text=_("本单位人员；由单位管理员邀请加入"))
    from_on = DateField(label=_("起"))
    to_on = DateField(label=_("止"), help_text=_("到期自动失效，含当日"))
    reason = TextField(label=_("委托事由"), help_text=_("如出差、休假"))

    def scope(self) -> None:
        """From today, where nobody says otherwise."""
        self.fields["from_on"].initial = timezone.localdate(self.now) if self.now else None


@action(
    "post.delegate",
    zh="委托他人代办",
    en="Delegate your post",
    on=Post,
    by=set(Role) - NOT_LENT,
    needs=(is_yours_to_lend,),
    checks=(is_somebody_else, delegate_exists, stays_within_its_post, duties_stay_apart),
    input=DelegatePost,
    sentence=("{post}委托他人代办", "{post} delegated the post"),
    creates=True,
    is_public=False,
    cites=("control.separation",),
    hint=(
        "受托人在期限内以您的岗位办理，留痕载明“某某代某某”；到期自动失效，您可以随时收回",
        "Until the last day the person acts at your post, recorded as acting for you; you may take it back at any time",
    ),
)
def delegate_post(
    post: Post,
    *,
    by: Post,
    now: datetime.datetime,
    username: str,
    from_on: datetime.date,
    to_on: datetime.date,
    reason: str,
) -> Post:
    """A post for the other person that ends by itself."""
    person = Person.objects.get(username=username)
    return Post.objects.create(
        person=person,
        organisation=post.organisation,
        role=post.role,
        from_on=from_on,
        to_on=to_on,
        delegated_from=post,
    )


def was_lent(post: Post, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """It is about posts that were delegated."""
    if post.delegated_from_id is not None:
        return None
    return Refusal("not_delegated", "这不是委托的岗位", "This post was not delegated")


def is_yours_to_recall(post: Post, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Who lent it, and who acts through it, may end it."""
    if by.person_id in post.person_ids:
        return None
    return Refusal("not_own_post", "不是您的委托", "This is not a delegation of yours")


@action(
    "post.recall",
    zh="收回委托",
    en="End the delegation",
    on=Post,
    by=set(Role) - NOT_LENT,
    only=(was_lent,),
    needs=(is_yours_to_recall, rules.has_not_ended),
    sentence=("{post}收回了委托", "{post} ended a delegation"),
    is_public=False,
    dangerous=True,
)
def recall_post(post: Post, *, by: Post, now: datetime.datetime) -> Post:
    """At once; what was done meanwhile stays done."""
    post.recalled_at = now
    post.save(update_fields=["recalled_at"])
    return post
