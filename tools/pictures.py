"""Which pictures of the main pages stand in docs/screens? Taken on the demo, each as one of its people sees it.

    yangcai demo --no-browser --port 8000 &
    python -m tools.pictures --base http://127.0.0.1:8000 --out docs/screens

Writes one small PNG with a palette for each of `SHOTS`, and README.md, which says of each what it shows. A picture has
256 colours, or fewer where it would be larger than LARGEST. Exit 1 when a page was not found, is no 200, or its picture
is too large still, or all of them together are. Needs a Chromium, as tools/screens.py does.

Of every page, smaller ones as its test saw it, into the folder `pages` there:

    YANGCAI_PICTURES=FOLDER pytest -n0 -m "" tests/browser/test_every_page.py
    python -m tools.pictures --pages FOLDER
"""

import argparse
import base64
import os
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, Response, sync_playwright

from tools.screens import open_page, sign_in

#: Bytes of one picture, and of all; so many dots at most from top to bottom.
LARGEST, ALL, TALLEST = 150 * 1024, 6 * 2**20, 1800
#: Of every page: dots from side to side and from top to bottom, how good (WebP), and bytes of all.
PAGE_WIDTH, PAGE_TALLEST, PAGE_QUALITY, PAGES_ALL = 900, 1200, 0.4, 9 * 2**20
#: The view of every page that is kept: how its test names that picture.
SEEN_AS = "-1366-light-zh-hans.png"
#: The accounts of the demo, in the order in which `yangcai demo` prints them (replay/district.py).
PASSWORD = "yangcai-demo-2026"
TREASURY, PAYER, OFFICER, REVIEWER, AGENT, SUPPLIER = "demo01", "demo02", "demo04", "demo05", "demo08", "demo09"
COLOURS = (256, 96, 48, 24)
#: How many links of a page are tried until one leads on: not every case has a contract.
TRIED = 15


@dataclass(frozen=True)
class Shot:
    """A picture: its file, what it shows, who looks, where they begin, and the links that they follow from there."""

    name: str
    zh: str
    start: str
    who: str = ""
    follow: tuple[str, ...] = ()
    width: int = 1366
    theme: str = "light"
    lang: str = "zh-hans"


CASE = ('main a[href^="/work/case/"]',)
NOTICE = ("main a.notice-title",)
ON_PORTAL = (*NOTICE, 'main a[href^="/p/"]')
SHOTS = (
    Shot("portal", "门户首页", "/"),
    Shot("portal-dark", "门户首页，深色", "/", theme="dark"),
    Shot("portal-en", "门户首页，英文", "/", lang="en"),
    Shot("portal-phone", "门户首页，手机", "/", width=390),
    Shot("notices", "公告检索", "/notices/"),
    Shot("notice", "一条公告", "/notices/", follow=NOTICE),
    Shot("case-public", "项目全程公开页", "/notices/", follow=ON_PORTAL),
    Shot("case-public-phone", "项目全程公开页，手机", "/notices/", follow=ON_PORTAL, width=390),
    Shot("organisation", "单位公开页", "/notices/", follow=(*ON_PORTAL, 'main a[href^="/org/"]')),
    Shot("figures", "统计", "/figures/"),
    Shot("figures-dark", "统计，深色", "/figures/", theme="dark"),
    Shot("data", "数据开放", "/data/"),
    Shot("guidance", "政策与指南", "/guidance/"),
    Shot("services", "办事服务", "/services/"),
    Shot("hall", "开标大厅", "/hall/", follow=('main tr:has-text("开标结束") a[href^="/hall/"]',)),
    Shot("law", "法规规则", "/law/"),
    Shot("verify", "文件验证", "/verify/"),
    Shot("status", "运行状态", "/status/"),
    Shot("help", "帮助", "/help/"),
    Shot("demo", "演示入口", "/demo/"),
    Shot("demo-en", "演示入口，英文", "/demo/", lang="en"),
    Shot("demo-phone", "演示入口，手机", "/demo/", width=390),
    Shot("work-buyer", "采购人工作台", "/work/", OFFICER),
    Shot("work-buyer-phone", "采购人工作台，手机", "/work/", OFFICER, width=390),
    Shot("work-buyer-dark", "采购人工作台，深色", "/work/", OFFICER, theme="dark"),
    Shot("budget", "采购人的预算", "/work/budget/", OFFICER),
    Shot("case-work", "项目办理页", "/work/cases/", OFFICER, CASE),
    Shot("contract", "合同文本", "/work/cases/", OFFICER, (*CASE, 'main a[href^="/work/contract/"]')),
    Shot("work-agent", "代理机构工作台", "/work/", AGENT),
    Shot("schedule", "代理机构的项目进度", "/work/schedule/", AGENT),
    Shot("work-supplier", "供应商工作台", "/work/", SUPPLIER),
    Shot("tenders", "供应商找项目", "/work/tenders/", SUPPLIER),
    Shot("bid", "供应商的投标任务", "/work/cases/", SUPPLIER, (*CASE, 'main a[href^="/work/bid/"]')),
    Shot("vault", "供应商的资质库", "/work/vault/", SUPPLIER),
    Shot("work-treasury", "财政监管工作台", "/work/", TREASURY),
    Shot("payments", "支付", "/work/payments/", PAYER),
    Shot("account", "账户安全", "/accounts/2fa/", OFFICER),
)
#: Draws a picture on a canvas and gives its dots, row by row, red, green and blue.
DOTS = """async (source) => {
  const image = new Image(); image.src = "data:image/png;base64," + source; await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), on = canvas.getContext("2d");
  on.drawImage(image, 0, 0);
  const dots = on.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let at = 0; at < dots.length; at += 32768) text += String.fromCharCode(...dots.subarray(at, at + 32768));
  return [image.width, image.height, btoa(text)];
}"""

#: Draws a picture on a canvas of that width, cut at that height, and gives it as WebP.
WEBP = """async ([source, width, tallest, quality]) => {
  const image = new Image(); image.src = "data:image/png;base64," + source; await image.decode();
  const scale = Math.min(1, width / image.width), height = Math.min(tallest, Math.round(image.height * scale));
  const canvas = new OffscreenCanvas(Math.round(image.width * scale), height), on = canvas.getContext("2d");
  on.imageSmoothingQuality = "high";
  on.drawImage(image, 0, 0, image.width, height / scale, 0, 0, canvas.width, height);
  const made = await canvas.convertToBlob({type: "image/webp", quality});
  const bytes = new Uint8Array(await made.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


def taken(browser: Browser, shot: Shot, *, base: str) -> tuple[bytes, list[str]]:
    """The picture as Chromium makes it, and what was wrong on the way."""
    page = open_page(browser, base=base, width=shot.width, theme=shot.theme, lang=shot.lang, size="normal")
    wrong: list[str] = []
    try:
        if shot.who:
            sign_in(page, base=base, login=f"{shot.who}:{PASSWORD}")
        answer = reached(page, base + shot.start, shot.follow, base=base)
        if answer is None:
            return b"", [f"{shot.name}: nothing leads from {shot.start} by {' '.join(shot.follow)}"]
        if answer.status != 200:
            wrong.append(f"{shot.name}: {page.url} answered {answer.status}")
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        page.set_viewport_size({"width": shot.width, "height": height})
        return page.screenshot(), wrong
    finally:
        page.context.close()


def reached(page: Page, address: str, follow: tuple[str, ...], *, base: str) -> Response | None:
    """The page to which these links lead, one after the other; None where none of the first links of a page does."""
    answer = page.goto(address)
    if not follow or answer is None:
        return answer
    links = page.locator(follow[0]).evaluate_all("(found) => found.map((one) => one.getAttribute('href'))")
    for link in list(dict.fromkeys(links))[:TRIED]:
        if found := reached(page, base + str(link).removeprefix(base), follow[1:], base=base):
            return found
    return None


def small(page: Page, picture: bytes) -> bytes:
    """The same picture with a palette: the colours that most dots have, and for every other one the nearest of them."""
    for number in COLOURS:
        made = with_palette(page, picture, colours=number)
        if len(made) <= LARGEST:
            break
    return made


def with_palette(page: Page, picture: bytes, *, colours: int) -> bytes:
    """Likewise, with so many colours."""
    width, height, text = page.evaluate(DOTS, base64.b64encode(picture).decode())
    dots = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    codes = (dots[:, 0] << 16) | (dots[:, 1] << 8) | dots[:, 2]
    found, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    kept = found[np.argsort(-counts)[:colours]]
    nearest = np.array([_nearest(colour, kept) for colour in found], dtype=np.uint8)
    return png(nearest[places.reshape(-1)].reshape(height, width), palette=kept)


def _nearest(colour: Any, kept: Any) -> int:
    apart = sum(((kept >> shift & 255) - (colour >> shift & 255)) ** 2 for shift in (0, 8, 16))
    return int(np.argmin(apart))


def png(dots: Any, *, palette: Any) -> bytes:
    """A PNG of eight bits with a palette (PNG 1.2, colour type 3)."""
    height, width = dots.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # the first byte of a row: no filter
    rows[:, 1:] = dots
    colours = b"".join(int(colour).to_bytes(3, "big") for colour in palette)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


def index(shots: tuple[Shot, ...]) -> str:
    """What the pictures show, for whoever opens the folder."""
    lines = [f"| `{shot.name}.png` | {shot.zh} | {shot.width} px | `{shot.start}` |" for shot in shots]
    return "\n".join(
        [
            "# Pictures of the main pages",
            "",
            "Taken on the demo district by `python -m tools.pictures` (made-up data, 演示). Do not edit.",
            "",
            "| Picture | Shows | Width | Begins at |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


def every_page(browser: Browser, *, seen: Path, out: Path) -> list[str]:
    """The pictures that the test of every page took, made small; what is wrong with them."""
    pictures = sorted(seen.glob(f"*{SEEN_AS}"))
    if not pictures:
        return [f"{seen}: no picture *{SEEN_AS}"]
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.webp"):
        old.unlink()
    blank, whole, lines = browser.new_page(), 0, []
    for picture in pictures:
        name = picture.name.removesuffix(SEEN_AS).replace(" ", "-")
        source = base64.b64encode(picture.read_bytes()).decode()
        content = base64.b64decode(blank.evaluate(WEBP, [source, PAGE_WIDTH, PAGE_TALLEST, PAGE_QUALITY]))
        (out / f"{name}.webp").write_bytes(content)
        lines.append(f"- [{name}]({name}.webp)")
        whole += len(content)
    print(f"{len(pictures)} pages, {whole // 1024} kB in all")
    head = ["# Pictures of every page", "", "By the names of their addresses; see tools/pictures.py. Do not edit.", ""]
    (out / "README.md").write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
    return [f"{whole} bytes in all, more than {PAGES_ALL}"] if whole > PAGES_ALL else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("docs/screens"))
    parser.add_argument("--pages", type=Path, help="a folder of pictures of every page")
    options = parser.parse_args()
    shots = tuple(shot for shot in SHOTS if not options.names or shot.name in options.names)
    options.out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    whole = 0
    with sync_playwright() as playwright:
        executable = os.environ.get("YANGCAI_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        if options.pages:
            return _told(every_page(browser, seen=options.pages, out=options.out / "pages"))
        blank = browser.new_page()
        for shot in shots:
            picture, faults = taken(browser, shot, base=options.base)
            wrong += faults
            if not picture:
                continue
            content = small(blank, picture)
            (options.out / f"{shot.name}.png").write_bytes(content)
            print(f"{shot.name}.png {len(content) // 1024} kB")
            whole += len(content)
            if len(content) > LARGEST:
                wrong.append(f"{shot.name}: {len(content)} bytes, more than {LARGEST}")
        browser.close()
    print(f"{whole // 1024} kB in all")
    if whole > ALL:
        wrong.append(f"{whole} bytes in all, more than {ALL}")
    if not options.names:
        (options.out / "README.md").write_text(index(SHOTS), encoding="utf-8")
    return _told(wrong)


def _told(wrong: list[str]) -> int:
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
