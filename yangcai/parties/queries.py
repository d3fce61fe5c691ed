"""Whom may a post see, and which of a person's posts are valid now?"""

import datetime
import hashlib
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from yangcai.kernel import joined, prepared
from yangcai.kernel.actions import scope, standing
from yangcai.kernel.models import Entry
from yangcai.parties.models import ApiToken, Credential, Expert, Organisation, OrganisationKind, Person, Post
from yangcai.parties.roles import Role

#: The organisation that runs the platform, and through whose first post the clock itself acts.
PLATFORM = "政府采购一体化平台"
#: The Actions by which an organisation comes onto the platform.
REGISTERED_BY = ("organisation.register", "organisation.join")


@scope(Organisation)
def visible_organisations(post: Post | None, now: datetime.datetime) -> QuerySet[Organisation]:
    """Organisations are public; experts' employers are not listed to the public."""
    organisations = Organisation.objects.all()
    if post is None:
        return organisations.exclude(kind__in=[OrganisationKind.EXPERT_UNIT, OrganisationKind.PLATFORM])
    return organisations


def registered_at(organisations: Iterable[Organisation]) -> dict[int, datetime.datetime]:
    """Since when these (by their numbers) are registered, as the log has it. Whoever is not in it was there before the
    log began."""
    refs = {one.ref: one.pk for one in organisations}
    if not refs:
        return {}
    entries = Entry.objects.filter(action__in=REGISTERED_BY, root__in=refs, outcome="done")
    return {refs[root]: at for root, at in entries.values_list("root", "at")}


@standing(Organisation)
def concerns_organisation(organisation: Organisation, post: Post) -> bool:
    """Own organisation; the treasury and the platform act for every organisation of their area."""
    return post.organisation_id == organisation.pk or post.role in {Role.TREASURY, Role.PLATFORM}


@scope(Expert)
def visible_experts(post: Post | None, now: datetime.datetime) -> QuerySet[Expert]:
    """The library is seen by the treasury; an expert sees oneself. Names never leak through lists (87号令 art. 47)."""
    if post is None:
        return Expert.objects.none()
    if post.role in {Role.TREASURY, Role.PLATFORM}:
        return Expert.objects.all()
    return Expert.objects.filter(person_id=post.person_id)


@standing(Expert)
def concerns_expert(expert: Expert, post: Post) -> bool:
    """Whether this post acts for an expert: the treasury's library, the platform, and the expert."""
    return post.role in {Role.TREASURY, Role.PLATFORM} or expert.person_id == post.person_id


@scope(Post)
def visible_posts(post: Post | None, now: datetime.datetime) -> QuerySet[Post]:
    """Those of one's own organisation and one's own; all for the platform. Who of an organisation is an expert stands
    in no list: names do not leak by an employer (87号令 art. 47)."""
    if post is None:
        return Post.objects.none()
    if post.role == Role.PLATFORM:
        return Post.objects.all()
    colleagues = Q(organisation_id=post.organisation_id) & ~Q(role=Role.EXPERT)
    return Post.objects.filter(colleagues | Q(person_id=post.person_id))


@standing(Post)
def concerns_post(subject: Post, post: Post) -> bool:
    """Whether this post acts on a post: the platform, its organisation's administrator, whose it is, who lent it."""
    administers = post.role == Role.ADMINISTRATOR and subject.organisation_id == post.organisation_id
    return post.role == Role.PLATFORM or administers or post.person_id in subject.person_ids


@scope(Credential)
def visible_credentials(post: Post | None, now: datetime.datetime) -> QuerySet[Credential]:
    """One's own organisation's; what others keep is nobody's business until they hand it in."""
    found = Credential.objects.select_related("organisation", "document")
    return found.none() if post is None else found.filter(organisation_id=post.organisation_id)


@standing(Credential)
def concerns_credential(credential: Credential, post: Post) -> bool:
    """Whether this post acts on a paper of the vault: only its own organisation."""
    return credential.organisation_id == post.organisation_id


def vault(organisation: Organisation) -> QuerySet[Credential]:
    """What an organisation keeps, without what it took out or replaced."""
    found = Credential.objects.filter(organisation=organisation, withdrawn_at__isnull=True)
    return found.select_related("document").order_by("kind", "pk")


@scope(ApiToken)
def visible_tokens(post: Post | None, now: datetime.datetime) -> QuerySet[ApiToken]:
    """One's own tokens; the platform sees all (never the secret, which nobody has)."""
    tokens = ApiToken.objects.select_related("post__organisation", "post__person").order_by("-created_at")
    if post is None:
        return tokens.none()
    return tokens if post.role == Role.PLATFORM else tokens.filter(post__person_id=post.person_id)


@standing(ApiToken)
def concerns_token(token: ApiToken, post: Post) -> bool:
    """Whether this post acts on a token: the platform, and whose it is."""
    return post.role == Role.PLATFORM or token.post.person_id == post.person_id


def posts_of(person: Person, *, now: datetime.datetime) -> QuerySet[Post]:
    """The person's posts that are valid on that day."""
    return (
        Post.objects.filter(valid_on(timezone.localdate(now)), person=person)
        .select_related("organisation", "person", "delegated_from__person")
        .order_by("pk")
    )


def valid_on(day: datetime.date) -> Q:
    """The condition that a post is valid on a day; one that was delegated, as long as the post it comes from."""
    own = Q(recalled_at__isnull=True, from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))
    given = Q(delegated_from__from_on__lte=day) & (
        Q(delegated_from__to_on__isnull=True) | Q(delegated_from__to_on__gte=day)
    )
    return own & (Q(delegated_from__isnull=True) | (given & Q(delegated_from__person__is_active=True)))


def platform_post(*, now: datetime.datetime) -> Post:
    """The post through which the clock itself acts (deemed decisions, reminders)."""
    return (
        Post.objects.filter(role=Role.PLATFORM, organisation__kind=OrganisationKind.PLATFORM)
        .select_related("organisation", "person")
        .order_by("pk")
        .first()
    ) or _make_platform_post(now=now)


def _make_platform_post(*, now: datetime.datetime) -> Post:
    organisation, _made = Organisation.objects.get_or_create(
        name=PLATFORM, defaults={"kind": OrganisationKind.PLATFORM}
    )
    person, made = Person.objects.get_or_create(username="clock", defaults={"name": "平台时钟"})
    if made:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    post, _made = Post.objects.get_or_create(
        person=person, organisation=organisation, role=Role.PLATFORM, from_on=datetime.date(2000, 1, 1)
    )
    return post


def post_of_token(token: str, *, now: datetime.datetime) -> Post | None:
    """The post that a bearer token acts through, if it is valid now."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    found = prepared.first_row("post_of_token", "text, timestamptz", _post_of_token, [digest, now])
    if found is None:
        return None
    row = joined.Row(found)
    post = row(Post)
    post.organisation, post.person = row(Organisation), row(Person)
    return post if post.is_valid_at(now) else None


def _post_of_token() -> str:
    """Every request of a program asks this."""
    columns = [joined.columns(model, alias) for model, alias in ((Post, "p"), (Organisation, "o"), (Person, "n"))]
    return (
        f"SELECT {', '.join(columns)} FROM {ApiToken._meta.db_table} t"
        f" JOIN {Post._meta.db_table} p ON p.id = t.post_id"
        f" JOIN {Organisation._meta.db_table} o ON o.id = p.organisation_id"
        f" JOIN {Person._meta.db_table} n ON n.id = p.person_id"
        " WHERE t.digest = $1 AND t.revoked_at IS NULL AND t.expires_at > $2"
    )
