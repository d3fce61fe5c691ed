"""What does a page say about itself, in the words of the help page?"""

from typing import Any

from django import template
from django.template import Context

from yangcai.www.public import help

register = template.Library()


@register.inclusion_tag("components/help_panel.html", takes_context=True)
def help_panel(context: Context) -> dict[str, Any]:
    """The `?` of the page that is shown; nothing where the help has no text for it."""
    match = getattr(context.get("request"), "resolver_match", None)
    topic = help.topic_of(match.url_name) if match else None
    return {"topic": help.shown(topic) if topic else None}
