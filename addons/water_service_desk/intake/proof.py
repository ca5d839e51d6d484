"""The proof of work that a browser does before a stranger's form is taken (ALTCHA, self-hosted).

No third party hears of the visitor: the challenge is signed here and solved in his browser.
"""

import base64
import binascii
import json
from datetime import UTC, datetime

from altcha import create_challenge_v1, verify_solution_v1

#: Longest answer of a browser in characters; a true one has about 300.
MAX_LENGTH = 2000
_FIELDS = {"algorithm": str, "challenge": str, "number": int, "salt": str, "signature": str}


def challenge(key, most, until):
    """A new challenge: find the number below ``most`` that gives the hash.

    :param key: secret with which it is signed
    :param most: largest number that has to be tried
    :param until: naive UTC moment at which it lapses
    :return: dict to be sent as JSON
    """
    moment = until.replace(tzinfo=UTC)
    return create_challenge_v1(
        algorithm="SHA-256", max_number=most, hmac_key=key, expires=moment
    ).to_dict()


def solved(key, answer, now):
    """The challenge that a browser's answer solves.

    :param key: secret with which it was signed
    :param answer: base64 text of a form, anything
    :param now: naive UTC
    :return: ``(name of the challenge, naive UTC moment at which it lapses)``, or None
    """
    payload = _payload(answer)
    if not payload or not verify_solution_v1(payload, key, False)[0]:
        return None
    lapses = _lapses(payload["salt"])
    return (payload["challenge"], lapses) if lapses and lapses > now else None


def _payload(answer):
    if not isinstance(answer, str) or not 0 < len(answer) <= MAX_LENGTH:
        return None
    try:
        payload = json.loads(base64.b64decode(answer, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(payload, dict) or payload.get("algorithm") != "SHA-256":
        return None
    if any(type(payload.get(name)) is not kind for name, kind in _FIELDS.items()):
        return None
    whole = all(str(payload[name]).isascii() for name in _FIELDS)
    return {name: payload[name] for name in _FIELDS} if whole else None


def _lapses(salt):
    """The signed moment at the end of the salt."""
    _nonce, _mark, query = salt.partition("?")
    values = dict(part.split("=", 1) for part in query.rstrip("&").split("&") if "=" in part)
    text = values.get("expires", "")
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        return None
    return datetime.fromtimestamp(int(text), UTC).replace(tzinfo=None)
