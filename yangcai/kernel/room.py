"""How much room does the disk of the file store have, and is so little left that nothing new may begin?"""

import shutil
from pathlib import Path

#: No law: of the store's disk so much stays free for what has begun: a share of it, and not more bytes than the largest
#: envelope has.
KEPT_FREE, KEPT_FREE_BYTES = 0.1, 2 * 2**30


def free_bytes(folder: Path) -> int:
    """So many are free on the disk of this folder. Raises OSError."""
    return shutil.disk_usage(folder).free


def kept_free(total: int) -> int:
    """So many bytes of a disk of `total` stay free for what has begun."""
    return int(min(total * KEPT_FREE, KEPT_FREE_BYTES))


def is_nearly_full(folder: Path) -> bool:
    """Whether only what is kept free is left. Raises OSError."""
    disk = shutil.disk_usage(folder)
    return disk.free < kept_free(disk.total)
