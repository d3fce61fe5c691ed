"""Is the price written as the platform will read it after the opening? Asked before it is sealed, offline.

The platform describes the input of every Action in its OpenAPI document (`GET /api/v1/openapi.json`). What is sealed is
that input without the files; a bid whose price has another shape opens, and then is no bid.
"""

from pathlib import Path
from typing import Any

from yangcai.cli import console
from yangcai.cli.console import Stop
from yangcai.cli.sealed import files

#: The Actions whose input is sealed: that of a bid, and that of a last offer.
SUBMIT, LAST = "bid.submit", "final_offer.submit"
#: What of a bid lies in the cover with its price; the rest lies in the technical one, the commitment in both.
PRICED = frozenset({"price", "price_in_words", "lines", "consumables"})
COMMITMENT = "commitment"


def check(price: dict[str, Any], *, document: Path, action: str = SUBMIT, cover: str = "ALL") -> None:
    """Raises Stop with every difference."""
    import jsonschema_rs

    schema = dict(_schema(files.parsed(document), action, document))
    wanted = {name for name, told in schema["properties"].items() if not _holds_files(told) and _lies_in(cover, name)}
    schema["properties"] = {name: told for name, told in schema["properties"].items() if name in wanted}
    schema["required"] = [name for name in schema.get("required", []) if name in wanted]
    found = [
        f"{'/'.join(map(str, error.instance_path)) or '$'}: {error.message}"
        for error in jsonschema_rs.validator_for(schema).iter_errors(price)
    ]
    if found:
        told = "; ".join(found[:20])
        raise Stop(
            zh=f"开标一览表与平台的要求不符：{told}",
            en=f"the price is not what the platform asks for: {told}",
            code=console.VERIFICATION_FAILED,
        )


def _lies_in(cover: str, name: str) -> bool:
    return cover == "ALL" or name == COMMITMENT or (name in PRICED) == (cover == "PRICE")


def _holds_files(told: dict[str, Any]) -> bool:
    """Files are sealed as they are."""
    return "content" in told.get("items", {}).get("properties", {})


def _schema(document: Any, action: str, path: Path) -> dict[str, Any]:
    """The input of the Action as the document has it."""
    try:
        for operations in document["paths"].values():
            for operation in operations.values():
                if operation["operationId"] == action:
                    found: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
                    return found
    except (KeyError, TypeError, AttributeError):
        pass
    raise Stop(zh=f"{path} 没有描述 {action}", en=f"{path} does not describe {action}", code=console.USAGE)
