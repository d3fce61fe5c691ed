"""How does a test ask something of a script in the page?"""

from typing import Any

from playwright.sync_api import Page


def asked(desk: Page, script: str, function: str, given: Any = None) -> Any:
    """What the exported function of a script beside this file answers."""
    call = "async ([script, name, given]) => (await import(script))[name](given)"
    return desk.evaluate(call, [f"/{script}", function, given])
