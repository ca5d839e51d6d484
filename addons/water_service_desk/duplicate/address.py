"""What two spellings of one place have in common."""

import re
import unicodedata


def address_key(text):
    """What two spellings of one address have in common; empty for hardly any address.

    :param text: as typed
    """
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    plain = re.sub(r"[\W_]+", "", plain)
    return plain if len(plain) > 3 else False
