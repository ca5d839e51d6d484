"""Keys in links, which open pages meant for one person."""

import re

#: Keys of cases, unsent forms and invitations, and Odoo's tokens.
KEY = re.compile(
    r"(/water/(?:track/link|report/check)/|/my/delegates/accept/"
    r"|(?:[?&]|&amp;)(?:draft|access_token|token|me)=|(?:%2F|/)accept%2F)[A-Za-z0-9_~=-]*"
)


#: Replacement of a code.
HIDDEN = "******"


def keyless(text, codes=()):
    """Return the text with its links but without their keys, for logs and staff.

    :param text: plain or HTML, or None
    :param codes: other words that only the recipient may know
    """
    if not text:
        return text
    plain = KEY.sub(r"\1***", text)
    for code in codes:
        plain = plain.replace(code, HIDDEN)
    return type(text)(plain)
