"""How does a letter leave as e-mail? Through Django's mail backend (EMAIL_BACKEND), whatever that is."""

import smtplib

from django.core.mail import EmailMessage, get_connection

from yangcai.notifications.gateways.base import Gateway, GatewayDown, GatewayRefused, Letter


class Mail(Gateway):
    """One message to one address, in plain text."""

    def send(self, letter: Letter) -> str:
        """Raises GatewayDown where no server took it, GatewayRefused where the address is refused for good."""
        mail = EmailMessage(
            subject=one_line(letter.title),
            body=f"{letter.text}\n\n{letter.link}\n",
            to=[one_line(letter.to)],
            headers={"Message-ID": f"<{letter.letter_id}>", "Auto-Submitted": "auto-generated"},
            connection=get_connection(fail_silently=False),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise (GatewayRefused if all(code >= 500 for code in codes) else GatewayDown)(
                "recipient refused"
            ) from error
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError) as error:
            raise GatewayDown(type(error).__name__) from error
        except smtplib.SMTPSenderRefused as error:
            raise GatewayDown("sender refused") from error
        except smtplib.SMTPDataError as error:
            raise (GatewayRefused if error.smtp_code >= 500 else GatewayDown)("refused after its data") from error
        except (ConnectionRefusedError, TimeoutError) as error:
            raise GatewayDown(type(error).__name__) from error
        return ""


def one_line(text: str) -> str:
    """Without line breaks or other control characters: nobody writes a header of their own into a title."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
