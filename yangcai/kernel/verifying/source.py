"""From where is a log read? A folder, or an address on the web; the same files by the same names."""

import http.client
import urllib.parse
from collections.abc import Callable
from pathlib import Path

from yangcai.kernel.patience import connected
from yangcai.kernel.tlog import tree
from yangcai.kernel.tlog.tiles import Tile, unpack_entries
from yangcai.kernel.verifying.findings import NotVerified

#: Seconds to connect, and as many for the whole of a file, however its server drips.
TIMEOUT = 30.0
#: A bundle of 256 of the longest entries, and then some.
MOST_BYTES = 20 * 2**20


class Source:
    """`fetch` gives a file's bytes, or None where there is no such file."""

    def __init__(self, name: str, fetch: Callable[[str], bytes | None]) -> None:
        self.name, self.fetch = name, fetch

    def read(self, name: str) -> bytes:
        """Raises NotVerified where it is not there."""
        content = self.fetch(name)
        if content is None:
            raise NotVerified(zh=f"缺少文件：{self.name}/{name}", en=f"there is no {self.name}/{name}")
        return content

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile, from the whole one where the partial one is gone (tlog-tiles allows that)."""
        return self._partial(tile)[: tile.width * tree.HASH]

    def bundle(self, tile: Tile) -> list[bytes]:
        """The entries of a bundle, likewise. Raises Malformed."""
        return unpack_entries(self._partial(tile))[: tile.width]

    def _partial(self, tile: Tile) -> bytes:
        content = self.fetch(tile.path)
        return self.read(Tile(tile.level, tile.index).path) if content is None else content


def opened(where: str) -> Source:
    """A folder or an http(s) address."""
    if urllib.parse.urlsplit(where).scheme in {"http", "https"}:
        return Source(where.rstrip("/"), _web(where.rstrip("/")))
    return Source(where, _folder(Path(where)))


def _folder(folder: Path) -> Callable[[str], bytes | None]:
    def fetch(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    return fetch


def _web(address: str) -> Callable[[str], bytes | None]:
    base = urllib.parse.urlsplit(address).path

    def fetch(name: str) -> bytes | None:
        url = f"{address}/{name}"
        try:
            with connected(url, seconds=TIMEOUT) as (connection, hung_up):
                connection.request("GET", f"{base}/{name}", headers={"Accept-Encoding": "identity"})
                reply = connection.getresponse()
                content = reply.read(MOST_BYTES + 1)
                missing = reply.length or 0
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotVerified(zh=f"无法获取 {url}：{error}", en=f"cannot fetch {url}: {error}") from error
        if hung_up.is_set():
            raise NotVerified(zh=f"{url} 未在 {TIMEOUT:g} 秒内传完", en=f"{url}: not whole within {TIMEOUT:g} s")
        if len(content) > MOST_BYTES:
            raise NotVerified(zh=f"{url} 过大", en=f"{url} is too large")
        if missing:
            raise NotVerified(
                zh=f"{url} 没有传完，缺 {missing} 字节", en=f"{url} broke off, {missing} bytes are missing"
            )
        if reply.status == http.client.NOT_FOUND:
            return None
        if reply.status != http.client.OK:
            raise NotVerified(zh=f"{url} 返回 {reply.status}", en=f"{url} answered {reply.status}")
        return content

    return fetch
