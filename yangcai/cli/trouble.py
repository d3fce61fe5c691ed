"""Which errors come from around the program and not from it? They are said in a sentence, without a traceback."""

from yangcai.cli.console import VERIFICATION_FAILED, Stop
from yangcai.sealing.faults import Faulty


def known(error: Exception) -> Stop | None:
    """What to tell the reader: a wrong setting, a database out of reach or behind, a file. None: a fault of our own."""
    if isinstance(error, Faulty):
        return _faulty(error)
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError
    from psycopg import OperationalError as DriverError
    from psycopg.errors import InsufficientPrivilege, UndefinedColumn, UndefinedTable

    if isinstance(error, ImproperlyConfigured):
        return Stop(zh=getattr(error, "zh", str(error)), en=getattr(error, "en", str(error)), hint="yangcai doctor")
    if isinstance(error, OperationalError | DriverError):
        said = str(error).strip()
        return Stop(zh=f"数据库不可用：{said}", en=f"the database cannot be used: {said}", hint="yangcai doctor")
    if isinstance(error, ProgrammingError) and isinstance(error.__cause__, UndefinedTable | UndefinedColumn):
        return Stop(zh="数据库结构不是最新", en="the schema is not up to date", hint="yangcai migrate")
    if isinstance(error, ProgrammingError) and isinstance(error.__cause__, InsufficientPrivilege):
        said = str(error).strip()
        return Stop(zh=f"数据库权限不足：{said}", en=f"the database forbids it: {said}", hint="yangcai doctor")
    if isinstance(error, OSError) and error.strerror:
        named = f"{error.filename}: " if error.filename else ""
        return Stop(zh=f"文件或系统错误：{named}{error.strerror}", en=f"{named}{error.strerror}")
    return None


def _faulty(error: Faulty) -> Stop:
    """What is wrong with a sealed bid or a file of it, and what follows."""
    fault, detail = error.fault, f" [{error.detail}]" if error.detail else ""
    return Stop(
        zh=f"{fault.zh}{detail}。{fault.consequence.zh}",
        en=f"{fault.en}{detail}; {fault.consequence.en}",
        code=VERIFICATION_FAILED,
    )
