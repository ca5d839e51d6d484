"""Binding an account by proof: how often it may be tried, and amounts as people type them."""

import re
import unicodedata

#: Attempts a day, successful ones included: by login, by network address, by customer of a channel,
#: and for one account by all callers.
LIMITS = {"bind_user": 10, "bind_source": 40, "bind_reference": 10, "bind_account": 20}


def read_amount(text):
    """An amount of money as typed, such as ``86.40``, ``¥ 1,086.40`` or ``８６.４元``; else None.

    :param text: cleaned text
    """
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    found = re.fullmatch(r"[¥$€]?\s*(\d{1,9}(?:\.\d{1,2})?)\s*元?", plain)
    return float(found[1]) if found else None
