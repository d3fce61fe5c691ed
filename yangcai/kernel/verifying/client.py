"""Is the script that a site serves the one that its log announced? Fetched, digested, compared.

The line `client` names each file; `…/sealing/bundle.json` says where the site serves them (SBP/1 §2.11).
"""

import hashlib
import json
from typing import Any

from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log
from yangcai.kernel.verifying.source import Source

LIST = "sealing/bundle.json"


def verify(site: Source, *, log: Log) -> list[tuple[int, dict[str, Any]]]:
    """The lines that announced what the site serves now. Raises NotVerified where a file is missing or not what the
    site's own list says; Evidence where the log never announced what is served."""
    try:
        served = {one["name"]: site.read(one["url"].lstrip("/")) for one in json.loads(site.read(LIST))["files"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotVerified(zh=f"{LIST} 的写法不符：{error}", en=f"{LIST} is malformed: {error}") from error
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(served.items())}
    lines = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    bundle = hashlib.sha256(lines.encode()).hexdigest()
    found = [(index, body) for index, body in log.saying("client") if body.get("bundle_sha256") == bundle]
    if not found:
        raise Evidence(
            zh=f"网站正在提供的密封脚本（{bundle}）没有在公开日志中公布",
            en=f"the sealing script that the site serves ({bundle}) was never announced in the log",
        )
    for index, body in found:
        if body.get("files") != digests:
            raise Evidence(
                zh=f"第 {index} 条公布的文件摘要与总摘要不符", en=f"line {index} names other files than its digest"
            )
    return found
