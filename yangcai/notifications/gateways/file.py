"""Where do SMS and messages go in a demo? Into a file of lines, one JSON object each, that anybody here can read."""

import json
import os

from django.conf import settings

from yangcai.notifications.gateways.base import Gateway, GatewayDown, Letter


class FileGateway(Gateway):
    """Appends to YANGCAI_HOME/outbox/<channel>.jsonl; an example of the contract for those who write one."""

    def send(self, letter: Letter) -> str:
        """Raises GatewayDown where the file cannot be written."""
        line = {"id": letter.letter_id, "to": letter.to, "text": f"{letter.title} {letter.link}"}
        folder = settings.YANGCAI_HOME / "outbox"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{self.channel}.jsonl").open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise GatewayDown(type(error).__name__) from error
        return letter.letter_id
