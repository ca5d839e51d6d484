"""What documents of strangers would do by themselves on the machine of whoever opens them.

A script, a program that is started, a form that is sent, a template or picture that is fetched and
tells where it was opened: none of it belongs to a letter. What is clicked, as a link, stays.
"""

import re
from html import unescape

#: Kinds of actions of a PDF, and of what plays in it.
_KINDS = (b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"RichMedia", b"RichMediaExecute")


def _written(name):
    """A pattern for a name of a PDF, each sign of which may be written as its number."""
    return b"".join(rb"(?:%c|#(?i:%02x))" % (sign, sign) for sign in name)


_ACTION = re.compile(rb"/(?:%s)(?![A-Za-z0-9#])" % b"|".join(map(_written, _KINDS)))
_RELATION = re.compile(rb"<(?:[\w.-]{1,40}:)?Relationship\b[^<>]{0,8000}>")
_ATTRIBUTE = re.compile(rb"([\w:.-]{1,40})(\s{0,40}=\s{0,40})(\"[^\"<]*\"|'[^'<]*')")
#: A place at which there is nothing.
_NOWHERE = b'"about:blank"'


def still(content):
    """A PDF, or a part of it, in which no action is of a kind that any program knows.

    :param content: bytes; what is returned has as many, for a PDF points to places in itself
    """
    return _ACTION.sub(lambda found: b"/".ljust(len(found[0]), b"X"), content)


def at_home(content):
    """What the parts of an Office document refer to, without what is fetched from elsewhere.

    :param content: bytes of a part that lists such references
    """
    return _RELATION.sub(lambda found: _kept_at_home(found[0]), content)


def _kept_at_home(relation):
    values = {
        name.lower(): unescape(value[1:-1].decode("utf-8", "replace")).strip().lower()
        for name, _sign, value in _ATTRIBUTE.findall(relation)
    }
    if values.get(b"targetmode") != "external" or values.get(b"type", "").endswith("/hyperlink"):
        return relation
    return _ATTRIBUTE.sub(
        lambda found: found[1] + found[2] + _NOWHERE if found[1] == b"Target" else found[0],
        relation,
    )
