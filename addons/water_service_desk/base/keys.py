"""Keys in links: whoever knows such an address opens what is meant for one person."""

import re

#: Of a case, of a form before it is sent, of an invitation, and of what Odoo opens by a token.
KEY = re.compile(
    r"(/water/(?:track/link|report/check)/|/my/delegates/accept/"
    r"|(?:[?&]|&amp;)(?:draft|access_token|token|me)=|(?:%2F|/)accept%2F)[A-Za-z0-9_~=-]*"
)


#: What stands in the place of a code.
HIDDEN = "******"


def keyless(text, codes=()):
    """The text with its links and without the keys in them: logs and staff read it.

    :param text: plain or HTML, or nothing
    :param codes: other words of it that its reader alone may know
    """
    if not text:
        return text
    plain = KEY.sub(r"\1***", text)
    for code in codes:
        plain = plain.replace(code, HIDDEN)
    return type(text)(plain)
