"""What may be done, by whom, when, and if not, why not? The one registry and the one write path."""

import datetime
import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.files.base import File
from django.db import DatabaseError, connection, models, transaction
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict

from yangcai.kernel import answers, entries, tasks
from yangcai.kernel.beneath import way_to
from yangcai.kernel.inputs import Input
from yangcai.kernel.models import Entry, IdempotencyKey
from yangcai.kernel.reading import unnoticed, writing
from yangcai.kernel.refusals import BY_CONSTRAINT, Citation, Refusal, Refused, in_chinese
from yangcai.kernel.wording import in_words, worded

Rule = Callable[..., "Refusal | Iterable[Refusal] | None"]


@dataclass(frozen=True, eq=False)
class Action:
    """The declaration of one 办理事项. Everything that is said about it anywhere is derived from here."""

    do_not_call_in_templates: ClassVar[bool] = True

    code: str
    zh: str
    en: str
    on: type[models.Model]
    by: frozenset[str]
    body: Callable[..., Any]
    at: frozenset[str] = frozenset()
    only: tuple[Rule, ...] = ()
    needs: tuple[Rule, ...] = ()
    checks: tuple[Rule, ...] = ()
    input: type[Input] = Input
    notice: str = ""
    sentence: tuple[str, str] = ("", "")
    not_same_person_as: tuple[str, ...] = ()
    creates: bool = False
    is_public: bool = True
    cites: tuple[str, ...] = ()
    hint: tuple[str, str] = ("", "")
    despite_block: bool = False
    secret: bool = False
    dangerous: bool = False
    occasional: bool = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"call perform({self.code}, …): there is no other way to write")

    @property
    def title(self) -> str:
        return worded(self.zh if in_chinese() else self.en)

    @property
    def meaning(self) -> str:
        """The sentence that says before the form what it means."""
        return worded(self.hint[0 if in_chinese() else 1])

    @property
    def verb(self) -> str:
        return self.body.__name__

    @property
    def doc(self) -> str:
        return (self.body.__doc__ or "").strip()

    def tell(self, *, actor: str) -> str:
        """The sentence of the timeline, e.g. 教育体育局（经办）发布了采购公告."""
        return worded(self.sentence[0 if in_chinese() else 1]).format(post=actor)


ACTIONS: dict[str, Action] = {}
#: What `perform` itself is called with: a field of that name would never reach its form.
OF_PERFORM = frozenset({"action", "subject", "by", "now", "idempotency_key", "expected_version", "form_data", "files"})


def action(
    code: str,
    *,
    zh: str,
    en: str,
    on: type[models.Model],
    by: Iterable[str],
    sentence: tuple[str, str],
    at: Iterable[str] = (),
    only: Iterable[Rule] = (),
    needs: Iterable[Rule] = (),
    checks: Iterable[Rule] = (),
    input: type[Input] = Input,
    notice: str = "",
    not_same_person_as: Iterable[str] = (),
    creates: bool = False,
    is_public: bool = True,
    cites: Iterable[str] = (),
    hint: tuple[str, str] = ("", ""),
    despite_block: bool = False,
    secret: bool = False,
    dangerous: bool = False,
    occasional: bool = False,
) -> Callable[[Callable[..., Any]], Action]:
    """Declare an Action. `at`: stages of the subject in which it is open (none: any). `only`: needs that say which rows
    it is about at all; on any other it is refused, and no page lists it as something that is missing. `creates`: the
    Entry joins the timeline of the object made. `is_public`: its sentence may stand on the public case page. `cites`:
    rule keys of the law that stand behind it, shown under the button. `hint`: one sentence of help, zh and en.
    `despite_block`: stays open while the root is blocked (BLOCKS). `secret`: the input is never written down outside
    the body (no Entry, no idempotency digest that could be guessed); the Entry keeps the `entry_facts` of the object
    made, and a Refusal with an article must not repeat the input. `dangerous`: it ends something for good: never the
    first thing offered, asked for with a red button, never done at once. `occasional`: done only where a case calls for
    it: it leads nobody on, unless a task asks for it."""

    def declare(body: Callable[..., Any]) -> Action:
        if code in ACTIONS:
            raise ValueError(f"two actions are called {code}")
        if taken := OF_PERFORM & set(input.base_fields):
            raise ValueError(f"{code}: fields may not be called {', '.join(sorted(taken))}")
        declared = Action(
            code=code,
            zh=zh,
            en=en,
            on=on,
            by=frozenset(str(r) for r in by),
            body=body,
            at=frozenset(at),
            only=tuple(only),
            needs=(*only, *needs),
            checks=tuple(checks),
            input=input,
            notice=notice,
            sentence=sentence,
            not_same_person_as=tuple(not_same_person_as),
            creates=creates,
            is_public=is_public,
            cites=tuple(cites),
            hint=hint,
            despite_block=despite_block,
            secret=secret,
            dangerous=dangerous,
            occasional=occasional,
        )
        ACTIONS[code] = declared
        return declared

    return declare


# --- what the apps tell the kernel at start-up -------------------------------------------------------------------

#: model -> function(post, now) -> queryset of what that post may see (404 for the rest)
SCOPES: dict[type[models.Model], Callable[..., models.QuerySet[Any]]] = {}
#: model -> function(subject, by) -> bool: is this post's organisation (or person) the one concerned?
STANDINGS: dict[type[models.Model], Callable[..., bool]] = {}
#: notice type -> function(root, subject, entry_seq, data, value, now) -> the frozen notice
NOTICES: dict[str, Callable[..., Any]] = {}
#: root model -> rules that close every Action under a root, except those declared `despite_block` (a suspended case)
BLOCKS: dict[type[models.Model], list[Rule]] = {}
#: code of a Refusal of the kernel's own -> function(subject, now) -> the article behind it
ARTICLES: dict[str, Callable[..., Citation]] = {}
#: root model -> function(subject, stages, now) -> where it stands, in which stages, and when those are: (zh, en) each
STAGES: dict[type[models.Model], Callable[..., tuple[tuple[str, str], tuple[str, str], tuple[str, str]]]] = {}
#: action code -> what a later app does after the body of an earlier one, in the same transaction
AFTERWARDS: dict[str, list[Callable[..., None]]] = {}
#: functions(done, by, now) that hear of every Entry in its own transaction, when everything else stands (messages)
WITNESSES: list[Callable[..., None]] = []


def scope(model: type[models.Model]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function(post, now) as the rows of this model that a post may see: whatever it leaves out is a 404."""

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        SCOPES[model] = function
        return function

    return keep


def standing(model: type[models.Model]) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Register a function(subject, post) that says whether a post's organisation or person is the one concerned."""

    def keep(function: Callable[..., bool]) -> Callable[..., bool]:
        STANDINGS[model] = function
        return function

    return keep


# --- the write path ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """What `perform` gives back; `again` is True when an idempotency key answered with the first outcome."""

    entry: int
    value: Any = None
    notices: tuple[Any, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Happened:
    """What the witnesses are told: the Action, its row, the Entry's log index, and what the body gave back."""

    action: Action
    subject: Any
    home: Any
    entry: int
    value: Any


@dataclass
class _Call:
    action: Action
    subject: Any
    by: Any
    now: datetime.datetime
    data: dict[str, Any] = field(default_factory=dict)
    files: Any = None


def can(action: Action, subject: Any, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """Why this Action is not open to this post now; empty when it is. Runs what `perform` runs, writes nothing."""
    call = _Call(action, subject, by, now)
    return _standing_refusals(call) or _needs_refusals(call)


def is_about(action: Action, subject: Any, *, by: Any, now: datetime.datetime) -> bool:
    """Whether this Action is ever done on such a row."""
    return not _collect(action.only, subject, by=by, now=now)


def perform(
    action: Action,
    subject: Any,
    *,
    by: Any,
    now: datetime.datetime,
    idempotency_key: str | None = None,
    expected_version: int | None = None,
    form_data: Any = None,
    files: Any = None,
    **data: Any,
) -> Done:
    """Do it: lock, role and scope, stage, needs, checks, body, Entry, notice, tasks: one transaction, all or nothing.

    `data` (or a browser's `form_data` and `files`) is cleaned by the Action's Input. Raises Refused with every reason.
    """
    call = _Call(action, subject, by, now, data if form_data is None else form_data, files)
    try:
        with transaction.atomic(), writing():
            done = _perform_locked(call, idempotency_key=idempotency_key, expected_version=expected_version)
            with connection.cursor() as cursor:
                # Deferred controls speak now, by name, and wait again if the transaction goes on.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            return done
    except Refused as refused:
        _note_refusal(call, refused.refusals)
        raise
    except DatabaseError as error:
        refusal = of_constraint(error)
        if refusal is None:
            raise
        _note_refusal(call, [refusal])
        raise Refused([refusal]) from error


def rehearse(
    action: Action,
    subject: Any,
    *,
    by: Any,
    now: datetime.datetime,
    form_data: Any = None,
    files: Any = None,
    **data: Any,
) -> Done:
    """A dry run: everything that `perform` does, down to the last constraint, and then nothing of it is kept, not even
    the Entry of a refusal. The log index in Done is the one it would have had. Raises Refused with every reason."""
    with transaction.atomic():
        try:
            return perform(action, subject, by=by, now=now, form_data=form_data, files=files, **data)
        finally:
            transaction.set_rollback(True)


def of_constraint(error: DatabaseError) -> Refusal | None:
    """The Refusal that belongs to the constraint which the database named, if it is one of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return BY_CONSTRAINT.get(getattr(diagnosis, "constraint_name", None) or "")


def _perform_locked(call: _Call, *, idempotency_key: str | None, expected_version: int | None) -> Done:
    by = call.by
    if idempotency_key is not None and by is not None:
        earlier = _claim(call, idempotency_key)
        if earlier is not None:
            return earlier
    root = call.subject.root
    root = type(root)._base_manager.select_for_update(of=("self",)).get(pk=root.pk)
    call.subject = root if _same_row(call.subject, root) else _fresh(call.subject, root)
    if expected_version is not None and expected_version != root.version:
        raise Refused([STALE])
    cleaned = _checked(call)
    # What is kept is the same, whatever language its author reads, and in whatever words.
    with translation.override(settings.LANGUAGE_CODE), in_words(None):
        return _kept(call, root, cleaned, idempotency_key=idempotency_key)


def _kept(call: _Call, root: Any, cleaned: dict[str, Any], *, idempotency_key: str | None) -> Done:
    """Body, Entry, notice and tasks of an Action that nothing speaks against."""
    action, by, now = call.action, call.by, call.now
    value = action.body(call.subject, by=by, now=now, **cleaned)
    for deed in AFTERWARDS.get(action.code, ()):
        deed(call.subject, by=by, now=now)
    home: Any = value if action.creates and isinstance(value, models.Model) else call.subject
    facts = value.entry_facts if action.secret else cleaned
    entry = entries.append(
        action=action.code,
        outcome="done",
        root=home.root.ref,
        subject=home.ref,
        by=by,
        now=now,
        data={
            "input": facts,
            "actor": str(by),
            "value": value if isinstance(value, models.Model) else None,
            **({"facts": value.entry_facts} if hasattr(value, "entry_facts") and not action.secret else {}),
        },
    )
    notices: tuple[Any, ...] = ()
    if action.notice:
        notices = tuple(NOTICES[action.notice](home, entry=entry, by=by, now=now, value=value, data=facts) or ())
    if not action.secret:  # the version is public: it must not count the bids
        with unnoticed():
            type(root)._base_manager.filter(pk=root.pk).update(version=models.F("version") + 1)
    for changed in {root.ref: root, home.root.ref: home.root}.values():
        tasks.refresh(type(changed)._base_manager.get(pk=changed.pk), now=now, by=by)
    for witness in WITNESSES:
        witness(Happened(action, call.subject, home, entry, value), by=by, now=now)
    if idempotency_key is not None:
        answer = {"value": value, "notices": notices}
        IdempotencyKey.objects.filter(person_id=by.person_id, key=idempotency_key).update(
            entry_id=entry, answer=answers.packed(answer, key=idempotency_key, now=now)
        )
    return Done(entry, value, notices)


def _checked(call: _Call) -> dict[str, Any]:
    """The cleaned data, or Refused with every reason of the first kind that has any."""
    action, by, now = call.action, call.by, call.now
    refusals = _standing_refusals(call) or _needs_refusals(call)
    if refusals:
        raise Refused(refusals)
    form = action.input(call.data, call.files, subject=call.subject, by=by, now=now)
    refusals = form.refusals()
    cleaned = form.cleaned_data if not refusals else {}
    refusals = refusals or _collect(action.checks, call.subject, by=by, now=now, **cleaned)
    if refusals:
        raise Refused(refusals)
    return cleaned


def _same_row(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one.pk == other.pk


def _fresh(subject: Any, root: Any) -> Any:
    """The subject as it is after the lock, whatever the caller read before, hung on the root that was locked."""
    # The stubs do not know that classes are hashable.
    way = way_to(type(root), of=type(subject))  # type: ignore[arg-type]
    found = type(subject)._base_manager.select_related(*["__".join(way)] * bool(way)).get(pk=subject.pk)
    owner = functools.reduce(lambda row, name: row and getattr(row, name), way[:-1], found)
    if way and owner is not None and getattr(owner, f"{way[-1]}_id") == root.pk:
        setattr(owner, way[-1], root)
    return found


STALE = Refusal(
    "stale_form",
    "在您填写期间，该项目已被他人办理，请刷新后重试",
    "Somebody else changed this while you were filling in the form: reload and try again",
)
NOT_YOURS = Refusal("not_yours", "该事项不属于您所在单位", "This does not belong to your organisation")


def _standing_refusals(call: _Call) -> list[Refusal]:
    action, by, subject, now = call.action, call.by, call.subject, call.now
    if by is None or by.role not in action.by:
        return [
            Refusal(
                "role_may_not",
                f"您的岗位不能办理“{action.zh}”",
                f"Your post may not do this: {action.en}",
                facts={"roles": ", ".join(sorted(action.by))},
            )
        ]
    if not by.is_valid_at(now):
        return [Refusal("post_expired", "您的岗位不在有效期内", "Your post is not valid at this time")]
    if type(subject) is not action.on:
        raise TypeError(f"{action.code} is done on {action.on.__name__}, not on {type(subject).__name__}")
    if not STANDINGS[action.on](subject, by):
        return [NOT_YOURS]
    return []


def _needs_refusals(call: _Call) -> list[Refusal]:
    action, by, subject, now = call.action, call.by, call.subject, call.now
    refusals: list[Refusal] = []
    if (elsewhere := stage_refusal(action, subject, now=now)) is not None:
        refusals.append(elsewhere)
    if (
        action.not_same_person_as
        and Entry.objects.filter(root=subject.root.ref, action__in=action.not_same_person_as, outcome="done")
        .filter(models.Q(person_id__in=by.person_ids) | models.Q(post_id__in=by.acting_posts))
        .exists()
    ):
        earlier = "、".join(ACTIONS[c].zh for c in action.not_same_person_as)
        earlier_en = ", ".join(ACTIONS[c].en for c in action.not_same_person_as)
        refusals.append(
            Refusal(
                "same_person",
                f"不相容岗位分离：您已办理“{earlier}”，须由他人办理本事项",
                f"Separation of duties: you did “{earlier_en}”, somebody else must do this",
                citation=ARTICLES["same_person"](subject, now=now) if "same_person" in ARTICLES else None,
            )
        )
    root = subject.root
    blocks = () if action.despite_block else BLOCKS.get(type(root), ())
    return refusals + _collect(blocks, root, by=by, now=now) + _collect(action.needs, subject, by=by, now=now)


def stage_refusal(action: Action, subject: Any, *, now: datetime.datetime) -> Refusal | None:
    """Why an Action waits for another stage, with when that is; None where it is done in this one, or in any."""
    if not action.at:
        return None
    stage = subject.stage_at(now)
    return None if stage in action.at else _wrong_stage(action, subject, stage=stage or "", now=now)


def _wrong_stage(action: Action, subject: Any, *, stage: str, now: datetime.datetime) -> Refusal:
    """Where it stands, where this is done, and when that will be or was, as far as an app can say."""
    words = STAGES.get(type(subject.root))
    facts = {"stage": stage, "open_at": ", ".join(sorted(action.at))}
    if words is None:
        return Refusal(
            "wrong_stage", f"“{action.zh}”不在当前环节办理", f"Not open at this stage: {action.en}", facts=facts
        )
    (now_zh, now_en), (at_zh, at_en), (when_zh, when_en) = words(subject, stages=action.at, now=now)
    return Refusal(
        "wrong_stage",
        f"“{action.zh}”在{at_zh}环节办理{when_zh}；目前{now_zh}",
        f"“{action.en}” is done in the stage {at_en}{when_en}; {now_en}",
        facts=facts,
    )


def _collect(rules: Iterable[Rule], subject: Any, **kwargs: Any) -> list[Refusal]:
    found: list[Refusal] = []
    for rule in rules:
        result = rule(subject, **kwargs)
        if isinstance(result, Refusal):
            found.append(result)
        elif result:
            found.extend(result)
    return found


def _note_refusal(call: _Call, refusals: list[Refusal]) -> None:
    """A refusal on a legal ground is an Entry too (so that a pattern of attempts can be seen)."""
    legal = [r for r in refusals if r.citation]
    if legal and call.by is not None:
        with translation.override(settings.LANGUAGE_CODE):
            entries.append(
                action=call.action.code,
                outcome="refused",
                root=call.subject.root.ref,
                subject=call.subject.ref,
                by=call.by,
                now=call.now,
                data={"actor": str(call.by)},
                refusals=legal,
            )


def _as_sent(value: Any) -> Any:
    """What a request said, every value of every name and every byte of its files, in a form that can be compared."""
    if isinstance(value, File):
        digest = hashlib.sha256()
        for chunk in value.chunks():
            digest.update(chunk)
        value.seek(0)
        return {"name": value.name, "sha256": digest.hexdigest()}
    if isinstance(value, MultiValueDict):
        value = {name: values for name, values in value.lists() if name != "csrfmiddlewaretoken"}
    if isinstance(value, dict):
        return {str(name): _as_sent(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_sent(one) for one in value]
    return entries.plain(value)


def _claim(call: _Call, key: str) -> Done | None:
    """Take the idempotency key, or answer with what it stands for. A second request waits for the first one here."""
    said = [call.action.code, call.subject.ref, call.by.pk, _as_sent(call.data), _as_sent(call.files or {})]
    request = entries.canonical(said)
    if call.action.secret:  # a plain digest of a price can be guessed; this one only by who has the site's key
        digest = salted_hmac("yangcai.idempotency", request, algorithm="sha256").hexdigest()
    else:
        digest = hashlib.sha256(request).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_idempotencykey (person_id, key, action, digest, at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [call.by.person_id, key, call.action.code, digest, call.now],
        )
        if cursor.rowcount == 1:
            return None
    row = IdempotencyKey.objects.get(person_id=call.by.person_id, key=key)
    if row.digest != digest:
        raise Refused(
            [
                Refusal(
                    "idempotency_mismatch",
                    "同一幂等键已用于另一请求",
                    "This idempotency key was used for a different request",
                )
            ]
        )
    # A key without its Entry and answer is never committed.
    return Done(cast(int, row.entry_id), **answers.unpacked(row.answer, key=key), again=True)
