"""Is the installation coherent? Django's own checks, with those for production unless this is a sandbox."""

import argparse

from yangcai.cli import console, site
from yangcai.cli.console import answer, say

HELP = ("检查配置", "check the configuration")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(options: argparse.Namespace) -> int:
    site.load()
    from django.conf import settings
    from django.core import checks

    messages = checks.run_checks(databases=["default"], include_deployment_checks=not settings.WITHOUT_TLS)
    errors = [str(message) for message in messages if message.is_serious() and not message.is_silenced()]
    warnings = [str(message) for message in messages if not message.is_serious() and not message.is_silenced()]
    text = say(zh=f"{len(errors)} 个错误，{len(warnings)} 个提醒", en=f"{len(errors)} errors, {len(warnings)} warnings")
    answer(options, data={"checks": len(messages)}, text=text, warnings=warnings, errors=errors)
    return console.VERIFICATION_FAILED if errors else console.OK
