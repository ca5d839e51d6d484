"""Reads mails that come from outside: pure functions over a parsed message."""

import codecs
import re
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import EmailPolicy
from email.utils import getaddresses, parseaddr
from itertools import islice
from typing import NamedTuple

from odoo.tools.mail import html2plaintext

from ..base.shallow import shallow
from ..intake.filing import clean_text
from . import invitation

#: Subjects of automatic answers that say it nowhere else.
_AUTO_SUBJECT = re.compile(
    r"^\s*(自动回复|自動回覆|自动答复|外出自动|假期自动回复|auto(matic)?[ -]?(reply|response)"
    r"|out of (the )?office|abwesen|automatische antwort)",
    re.I,
)
_WORD = re.compile("[A-Za-z]{3}")
_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mail-daemon"})
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
#: Most text of a mail and of a line that is searched for quoted mails: more is sent only to keep us
#: busy.
LONGEST_TEXT, LONGEST_LINE = 100_000, 400
_QUOTE_HEAD = re.compile(
    r"^(-{2,}\s*(原始邮件|原邮件|回复的原邮件|转发邮件|转发的邮件|original message"
    r"|forwarded message).*|_{20,}|on\b.{5,300}\bwrote:|在.{4,200}写道\s*[:：]"
    r"|.{2,100}于.{4,100}写道\s*[:：])$",
    re.I,
)
_HEADER_LINE = re.compile(
    r"^[*]?(发件人|发送时间|收件人|主题|日期|抄送|from|sent|to|subject|date|cc)\s*[:：]", re.I
)
#: Charset named by a mail → the wider one meant by it.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "us-ascii": "utf-8"}
#: Alphabets of addresses, no mail is written in them: their decoders take time that grows with the
#: square of a text, hours for one of some megabytes.
_SLOW = frozenset({"punycode", "idna"})
_SCORES = ("X-Spam-Score", "X-Rspamd-Score")


#: Bytes of a header that are read, and how many of one name: the library takes time that grows
#: with the square of its length, and one subject of two megabytes kept it busy for minutes.
LONGEST_HEADER, MOST_HEADERS = 20_000, 20
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEADER_END = re.compile(rb"\r?\n(?![ \t])")


class _Policy(EmailPolicy):
    """As that of SMTP, with headers of a length that can be read."""

    def header_source_parse(self, sourcelines):
        name, value = super().header_source_parse(sourcelines)
        return name, shortened(name, value)


POLICY = _Policy(linesep="\r\n", message_factory=EmailMessage)


def shortened(name, value):
    """Return the part of a header that is read: of answered mails the last, nearest ones.

    :param name: text or bytes
    :param value: the same
    """
    if len(value) <= LONGEST_HEADER:
        return value
    last = name.lower() in ("references", b"references")
    return value[-LONGEST_HEADER:] if last else value[:LONGEST_HEADER]


def bounded(raw):
    """A mail whose headers others can read in time as well.

    :param raw: bytes as they came
    """
    end = _HEAD_END.search(raw)
    head = raw[: end.start()] if end else raw
    if len(head) <= LONGEST_HEADER:
        return raw
    lines = (line.partition(b":") for line in _HEADER_END.split(head))
    kept = (name + colon + shortened(name, value) for name, colon, value in lines)
    return b"\r\n".join(kept) + (raw[end.start() :] if end else b"")


def heads(raw):
    """A mail of which its headers alone are read: where parts stand in parts without end, all else
    is more than the library can read.

    :param raw: bytes as they came
    """
    return BytesHeaderParser(policy=POLICY).parsebytes(raw)


def readable(message):
    """Return the mail in a form that decodes in linear time.

    :param message: parsed; the charsets of its parts may change
    """
    parts = [message]
    while parts:
        part = parts.pop()
        parts += part.get_payload() if part.is_multipart() else ()
        try:
            if codecs.lookup(part.get_content_charset() or "utf-8").name in _SLOW:
                part.set_param("charset", "utf-8")
        except Exception:  # noqa: S112  # a broken header, or a charset that there is not
            continue
    return message


class Content(NamedTuple):
    """The content of a mail: plain text, HTML as sent (or ""), files as (name, bytes)."""

    text: str
    html: str
    files: list


def header(message, name):
    """A header as clean text; "" when it is missing or cannot be read."""
    try:
        return clean_text(str(message.get(name) or ""))
    except Exception:  # the library raises any error on a broken header
        return ""


def addresses(message, *names):
    """The addresses in some headers, in small letters and without what follows a ``+``."""
    values = []
    for name in map(str.lower, names):
        try:
            found = ((key, value) for key, value in message.raw_items() if key.lower() == name)
            fetch = message.policy.header_fetch_parse
            values += [str(fetch(*pair)) for pair in islice(found, MOST_HEADERS)]
        except Exception:  # noqa: S112  # as above
            continue
    found = [address.strip().lower() for _name, address in getaddresses(values)]
    return list(dict.fromkeys(address for address in found if "@" in address))


def sender(message):
    """``(name, address)`` of who wrote the mail; "" where there is none."""
    name, address = parseaddr(header(message, "From"))
    return clean_text(name, 100), address.strip().lower()


def message_id(message):
    """The number of the mail, or ""."""
    found = _MESSAGE_ID.search(header(message, "Message-Id"))
    return found[0] if found else ""


def references(message):
    """The numbers of the mails it answers, the nearest first."""
    text = f"{header(message, 'References')} {header(message, 'In-Reply-To')}"
    return list(dict.fromkeys(reversed(_MESSAGE_ID.findall(text))))[:32]


def bounced_ids(message):
    """Return the ids of our mails that this one reports as lost, or None if it is no bounce.

    A report of a mere delay names none.
    """
    report = message.get_content_type() == "multipart/report"
    kind = str(message.get_param("report-type") or "").lower()
    if report and kind == "disposition-notification":
        return None
    local = sender(message)[1].partition("@")[0]
    empty = header(message, "Return-Path").replace(" ", "") == "<>"
    if not ((report and kind != "feedback-report") or local in _DAEMONS or empty):
        return None
    if _AUTO_SUBJECT.match(header(message, "Subject")):
        return None  # many automatic answers have no return path either
    if empty and not report and local not in _DAEMONS and _is_answer(message):
        return None
    text = _everything(message)
    actions = re.findall(r"^Action:[ \t]{0,20}(\w{1,40})", text, re.I | re.M)
    if actions and "failed" not in [action.lower() for action in actions]:
        return []
    own = message_id(message)
    return [number for number in dict.fromkeys(_MESSAGE_ID.findall(text)) if number != own]


def _everything(message):
    """Return the mail as it came, and its decoded text."""
    try:
        raw = message.as_string()
    except Exception:  # parts that the library cannot write again
        raw = ""
    return f"{raw}\n{content(message).text}"


def _is_answer(message):
    """Return whether a machine marks the mail as an answer."""
    return header(message, "Auto-Submitted").lower().startswith("auto-replied")


def is_automatic(message):
    """Return whether a machine has written the mail (RFC 3834 and common headers)."""
    submitted = header(message, "Auto-Submitted").lower()
    precedence = header(message, "Precedence").lower()
    suppress = header(message, "X-Auto-Response-Suppress").lower()
    return bool(
        (submitted and submitted != "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or (suppress and suppress != "none")
        or header(message, "X-Autoreply")
        or header(message, "X-Autorespond")
        or header(message, "List-Id")
        or header(message, "X-Loop")
        or message.get_content_type() == "multipart/report"
        or header(message, "Return-Path").replace(" ", "") == "<>"
        or _AUTO_SUBJECT.match(header(message, "Subject"))
    )


def is_spam(message, limit):
    """Whether the mail server in front has marked it.

    :param limit: score from which on it is one; 0: only the plain mark counts
    """
    if header(message, "X-Spam-Flag").upper() == "YES":
        return True
    if header(message, "X-Spam-Status").lower().startswith("yes"):
        return True
    for name in _SCORES:
        number = re.match(r"\s*(-?\d+(\.\d+)?)", header(message, name))
        if limit and number and float(number[1]) >= limit:
            return True
    return False


def content(message):
    """Return text, HTML and files of a mail; broken parts are read as far as possible.

    An invitation without text is read from its calendar.
    """
    plain, html, files, invited = [], [], [], []
    for part in _leaves(message):
        kind, name = part.get_content_type(), _name(part)
        body = kind in ("text/plain", "text/html") and not name
        if body and part.get_content_disposition() != "attachment":
            (plain if kind == "text/plain" else html).append(_text(part))
        else:
            invited += [_text(part)] if kind in invitation.KINDS else []
            files.append((name or f"mail.{part.get_content_subtype()[:10]}", _bytes(part)))
    markup = shallow("\n".join(html))
    text = "\n".join(plain).strip() or html2plaintext(markup, include_references=False)
    text = text.strip() or "\n\n".join(filter(None, map(invitation.words, invited)))
    return Content(clean_text(text), markup, files)


def _leaves(message):
    parts = [message]
    while parts:
        part = parts.pop()
        if part.get_content_type() == "message/rfc822" or not part.is_multipart():
            yield part
        else:
            parts += reversed(part.get_payload())


def _name(part):
    try:
        return clean_text(part.get_filename() or "")
    except Exception:  # a broken header
        return "file"


def _bytes(part):
    if part.is_multipart():
        try:
            return part.get_payload(0).as_bytes()
        except RecursionError:  # a mail in a mail in a mail …
            return b""
    return part.get_payload(decode=True) or b""


def _text(part):
    data = part.get_payload(decode=True) or b""
    named = (part.get_content_charset() or "utf-8").lower()
    for charset in (_WIDER.get(named, named), "utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def visible(text):
    """Return the writer's own text, without quoted mails below it.

    :param text: plain text; the complete one is stored elsewhere
    """
    lines = text[:LONGEST_TEXT].splitlines()
    kept = []
    for number, line in enumerate(lines):
        if _is_quote_head(line) or _is_header_block(lines[number : number + 4]):
            break
        if line.strip() and _is_quote_head(" ".join(lines[number : number + 2])):
            break
        kept.append(line)
    while kept and (kept[-1].lstrip().startswith(">") or not kept[-1].strip()):
        kept.pop()
    return "\n".join(kept).strip() or text


def _is_quote_head(line):
    line = line.strip()
    return len(line) <= LONGEST_LINE and bool(_QUOTE_HEAD.match(line))


def _is_header_block(lines):
    """Return whether three header lines in a row begin a mail quoted in Outlook's way."""
    return len(lines) >= 3 and all(_HEADER_LINE.match(line.lstrip()) for line in lines[:3])


def language(text, home, spoken):
    """Return the language of a text if it is not the company's; else False.

    By its characters alone: Chinese text is answered in Chinese, and words without a Chinese
    character to a Chinese company in English. A number is no word.

    :param text: of a stranger
    :param home: code of the company's language
    :param spoken: codes of the languages with texts
    """
    is_chinese = any("\u3400" <= sign <= "\u9fff" for sign in text)
    if is_chinese == home.startswith("zh") or not (is_chinese or _WORD.search(text)):
        return False
    wanted = "zh" if is_chinese else "en"
    return next((code for code in spoken if code.startswith(wanted)), False)
