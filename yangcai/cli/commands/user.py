"""Who may sign in, at which posts? People are added here, posts granted through the same Action as everywhere."""

import argparse
import datetime
import getpass
import secrets
import sys
from typing import TYPE_CHECKING

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say

if TYPE_CHECKING:
    from yangcai.parties.models import Organisation, Person

HELP = ("人员：新增、授岗、密码、列表", "people: add, role, password, list")
#: `role` grants a post, as `post` does; `reset-password` sets a password, as `password` does.
VERBS = ("add", "role", "post", "reset-password", "password", "list")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("username", nargs="?", default="", help=say(zh="登录名", en="user name"))
    parser.add_argument("--name", default="", help=say(zh="姓名", en="the person's name"))
    parser.add_argument("--email", default="", help=say(zh="电子邮箱", en="e-mail address"))
    parser.add_argument(
        "--generate", action="store_true", help=say(zh="生成密码并显示一次", en="make a password and show it once")
    )
    parser.add_argument("--organisation", default="", help=say(zh="单位名称或信用代码", en="name or code"))
    parser.add_argument("--role", default="", help=say(zh="角色代码", en="role, e.g. buyer_officer"))
    parser.add_argument("--from", dest="from_on", default="", help=say(zh="起（默认今天）", en="first day (today)"))
    parser.add_argument("--to", dest="to_on", default="", help=say(zh="止", en="last day"))


def run(options: argparse.Namespace) -> int:
    site.load()
    if options.verb != "list" and not options.username:
        raise Stop(zh="请写登录名", en="name the user", code=console.USAGE)
    verbs = {
        "add": _add,
        "role": _post,
        "post": _post,
        "reset-password": _password,
        "password": _password,
        "list": _list,
    }
    return verbs[options.verb](options)


def _add(options: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from yangcai.parties.models import Person

    person = Person(username=options.username, name=options.name, email=options.email)
    person.set_unusable_password()
    try:
        person.full_clean()
    except ValidationError as error:
        raise Stop(zh=_texts(error), en=_texts(error)) from error
    shown = _set_password(options, person)
    answer(
        options,
        data={"username": person.username, "password": shown},
        text=say(zh=f"已新增 {person.username}", en=f"added {person.username}") + _shown(shown),
    )
    return console.OK


def _password(options: argparse.Namespace) -> int:
    person = _person(options.username)
    shown = _set_password(options, person)
    answer(
        options,
        data={"username": person.username, "password": shown},
        text=say(
            zh=f"{person.username} 的密码已更改，其各处登录均已失效",
            en=f"password of {person.username} changed; whoever was signed in with the old one no longer is",
        )
        + _shown(shown),
    )
    return console.OK


def _post(options: argparse.Namespace) -> int:
    from yangcai.kernel import clock
    from yangcai.kernel.actions import perform
    from yangcai.parties.actions import grant_post
    from yangcai.parties.queries import platform_post
    from yangcai.parties.roles import Role

    if options.role not in Role.values:
        known = ", ".join(Role.values)
        raise Stop(zh=f"--role 应为：{known}", en=f"--role is one of: {known}", code=console.USAGE)
    now = clock.now()
    platform = platform_post(now=now)  # on an empty database this makes the platform's own organisation
    own = options.role == Role.PLATFORM and not options.organisation
    organisation = platform.organisation if own else _organisation(options.organisation)
    done = perform(
        grant_post,
        organisation,
        by=platform,
        now=now,
        username=options.username,
        role=options.role,
        from_on=options.from_on or _today(now),
        to_on=options.to_on,
    )
    text = say(zh=f"{options.username}：{done.value}", en=f"{options.username}: {options.role} at {organisation.name}")
    answer(options, data={"post": done.value.pk, "entry": done.entry}, text=text)
    return console.OK


def _list(options: argparse.Namespace) -> int:
    from yangcai.kernel import clock
    from yangcai.parties.models import Person
    from yangcai.parties.queries import posts_of

    now = clock.now()
    people, lines = [], []
    for person in Person.objects.order_by("username"):
        held = [{"role": p.role, "organisation": p.organisation.name} for p in posts_of(person, now=now)]
        people.append({"username": person.username, "name": person.name, "is_active": person.is_active, "posts": held})
        posts = ", ".join(f"{post['role']} @ {post['organisation']}" for post in held)
        lines.append(f"{person.username}\t{person.name}\t{posts}")
    answer(options, data={"people": people}, text="\n".join(lines) or say(zh="没有人员", en="nobody yet"))
    return console.OK


def _today(now: datetime.datetime) -> datetime.date:
    from django.utils import timezone

    return timezone.localdate(now)


def _person(username: str) -> "Person":
    from yangcai.parties.models import Person

    found = Person.objects.filter(username=username).first()
    if found is None:
        raise Stop(zh=f"没有登录名“{username}”", en=f"there is no user “{username}”", hint="yangcai user list")
    return found


def _organisation(name: str) -> "Organisation":
    from django.db.models import Q

    from yangcai.parties.models import Organisation

    found = Organisation.objects.filter(Q(name=name) | Q(uscc=name)).first() if name else None
    if found is None:
        raise Stop(
            zh=f"没有单位“{name}”：请用 --organisation 写名称或统一社会信用代码",
            en=f"there is no organisation “{name}”: give its name or code with --organisation",
            hint="yangcai organisation list",
        )
    return found


def _set_password(options: argparse.Namespace, person: "Person") -> str:
    """Set and save; returns the password only when it was made here. Never taken from the command line's words, which
    every process list shows: asked for on a terminal, else read from stdin."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if options.generate:
        password = secrets.token_urlsafe(18)
    elif sys.stdin.isatty():
        password = getpass.getpass(say(zh="密码：", en="Password: "))
        if getpass.getpass(say(zh="再次输入：", en="Again: ")) != password:
            raise Stop(zh="两次输入不一致", en="the two are not the same")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise Stop(zh=_texts(error), en=_texts(error), hint="--generate") from error
    person.set_password(password)
    person.save()
    return password if options.generate else ""


def _texts(error: Exception) -> str:
    return "；".join(getattr(error, "messages", [str(error)]))


def _shown(password: str) -> str:
    return say(zh=f"，密码：{password}（只显示这一次）", en=f", password: {password} (shown once)") if password else ""
