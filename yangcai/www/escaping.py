"""How is a text written into a page, where that happens three thousand times a page?"""

import html
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def escaped(text: Any) -> SafeString:
    """As Django's conditional_escape, which looks at each text four times: a plain one is escaped, a safe one stays."""
    if type(text) is SafeString:
        return text
    return SafeString(html.escape(text)) if type(text) is str else conditional_escape(text)


def filled(form: str, *parts: object) -> SafeString:
    """As Django's format_html."""
    return SafeString(form.format(*map(escaped, parts)))
