"""From where is a log read? A folder, or an address on the web; the same files by the same names."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from yangcai.kernel.tlog import tree
from yangcai.kernel.tlog.tiles import Tile, unpack_entries
from yangcai.kernel.verifying.findings import NotVerified

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
    def fetch(name: str) -> bytes | None:
        request = urllib.request.Request(f"{address}/{name}")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return answer.read(MOST_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise NotVerified(
                    zh=f"{address}/{name} 返回 {error.code}", en=f"{address}/{name} answered {error.code}"
                ) from error
        except OSError as error:
            raise NotVerified(
                zh=f"无法获取 {address}/{name}：{error}", en=f"cannot fetch {address}/{name}: {error}"
            ) from error

    return fetch
