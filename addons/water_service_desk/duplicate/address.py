"""Comparing spellings of one address."""

import re
import unicodedata


def address_key(text):
    """Return the common key of spellings of an address; "" if too short.

    :param text: as typed
    """
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    plain = re.sub(r"[\W_]+", "", plain)
    return plain if len(plain) > 3 else False
