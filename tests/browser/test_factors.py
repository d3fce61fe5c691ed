"""Can somebody set up both second factors by hand, come in by each, and read every word in the own language?"""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page

from tests.browser.screens import PASSWORD, Walk
from tests.factories import make_supplier

pytestmark = [pytest.mark.browser, pytest.mark.long]
#: A platform key of this very device, whose owner is there and is recognised.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
STEP, DIGITS = 30, 10**6


def shown_now(secret: str) -> str:
    """The number that an application shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // STEP)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % DIGITS:06d}"


def test_an_application_a_recovery_code_and_a_passkey(page: Page) -> None:
    post = make_supplier()
    walk = Walk(page)
    walk.sign_in(post)
    page.goto("/accounts/2fa/totp/activate/")
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        walk.send()
    page.fill("input[name=code]", "000000")
    walk.send()
    assert "数字或者恢复码不对" in page.inner_text(".error-summary")
    page.fill("input[name=code]", shown_now(page.locator("main code").first.inner_text()))
    walk.send()
    assert "验证器应用已启用" in page.inner_text(".messages")
    codes = page.locator("ul.codes code").all_inner_texts()

    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/accounts/2fa/webauthn/add/")
    said = page.inner_text("main")
    assert "名称" in said and "用它登录，不再输入密码" in said and not re.search("[A-Za-z]{3}", said), said
    page.fill("input[name=name]", "办公电脑")
    page.check("input[name=passwordless]")
    walk.send("#mfa_webauthn_add")
    assert "通行密钥已登记" in page.inner_text(".messages")

    for way in ("passkey", "code"):
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        if way == "passkey":
            walk.send("main button:has-text('用通行密钥登录')")
        else:
            page.fill("input[name=login]", post.person.username)
            page.fill("input[name=password]", PASSWORD)
            walk.send("main form button.primary")
            page.fill("input[name=code]", codes[0])
            walk.send("main form:has(input[name=code]) button")
        page.goto("/work/")
        assert "我的工作台" in page.inner_text("main"), way
