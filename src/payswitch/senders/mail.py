"""Alerts by e-mail."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final

import aiosmtplib

from payswitch.domain.alert import Message
from payswitch.domain.alert_delivery import Address, Delivery
from payswitch.senders.network_guard import GuardedResolver

SECURITY: Final = ("tls", "starttls", "none")
PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}
_HELO: Final = "payswitch"
"""Our name to the mail server: to look up the machine's own may take seconds."""
_LASTING: Final = range(500, 600)


class Mailer:
    """Sends one mail per call, through the receiver's own mail server."""

    def __init__(self, resolver: GuardedResolver) -> None:
        self._resolver = resolver

    async def send(self, message: Message, address: Address, notice_id: str) -> Delivery:
        """Raises OSError for network trouble; what the server refuses is in the answer."""
        security = address.get("security", "starttls")
        port = int(address.get("port") or PORTS[security])
        mail = write(message, address, notice_id)
        sock = await self._connect(address["host"], port)
        client = aiosmtplib.SMTP(
            hostname=address["host"],
            sock=sock,
            use_tls=security == "tls",
            start_tls=security == "starttls",
            local_hostname=_HELO,
            timeout=None,  # the caller has one for all of it
        )
        try:
            async with client:
                if address.get("user"):
                    await client.login(address["user"], address.get("password", ""))
                await client.send_message(mail)
        except aiosmtplib.SMTPAuthenticationError as error:
            return Delivery(error="user or password refused / 用户名或密码错误", code=str(error.code), hopeless=True)
        except aiosmtplib.SMTPResponseException as error:
            lasting = error.code in _LASTING
            return Delivery(error="the mail server refused / 邮件服务器拒绝", code=str(error.code), hopeless=lasting)
        except aiosmtplib.SMTPException as error:
            return Delivery(error=f"the mail server failed: {type(error).__name__} / 邮件服务器异常")
        finally:
            sock.close()
        return Delivery()

    async def _connect(self, host: str, port: int) -> socket.socket:
        """To an address that the guard has seen: a name that changes between check and use gains nothing."""
        loop = asyncio.get_running_loop()
        failed: OSError = OSError("the mail server's name could not be looked up")
        for found in await self._resolver.resolve(host, port):
            sock = socket.socket(found["family"], socket.SOCK_STREAM)
            sock.setblocking(False)
            try:
                await loop.sock_connect(sock, (found["host"], found["port"]))
            except OSError as error:
                sock.close()
                failed = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        raise failed


def write(message: Message, address: Address, notice_id: str) -> EmailMessage:
    """The mail: plain text, which every phone's lock screen shows."""
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail["From"] = address["from"]
    mail["To"] = ", ".join(recipients(address))
    mail["Message-ID"] = f"<{notice_id}@payswitch>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join([*message.lines, "", f"{message.link_text}: {message.link}"]))
    return mail


def recipients(address: Address) -> list[str]:
    return [one.strip() for one in address.get("to", "").split(",") if one.strip()]


def mail_problems(address: Address) -> Sequence[str]:
    """What is missing or wrong, by field."""
    found = [f"{name}: is missing / 缺少此项" for name in ("host", "from", "to") if not address.get(name)]
    if address.get("security", "starttls") not in SECURITY:
        found.append("security: must be one of tls, starttls, none / 只能取 tls、starttls、none")
    port = address.get("port", "")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        found.append("port: must be a number from 1 to 65535 / 须为 1 到 65535 的整数")
    for name, listed in (("from", [address.get("from", "")]), ("to", recipients(address))):
        if any(one and not _is_mail_address(one) for one in listed):
            found.append(f"{name}: must be e-mail addresses, separated by commas / 须为邮箱地址，以逗号分隔")
    return found


def _is_mail_address(text: str) -> bool:
    with suppress(ValueError, IndexError):
        spec = parseaddr(text)[1]
        return "@" in MailAddress(addr_spec=spec).addr_spec and text.isprintable()
    return False
