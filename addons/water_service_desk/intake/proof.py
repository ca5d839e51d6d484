"""A proof of work by the browser before a stranger's form is accepted (ALTCHA, self-hosted).

No third party learns of the visitor: the challenge is signed here and solved in the browser. Each
try costs thousands of rounds of hashing in the browser's native code (PBKDF2), so that a program
has little advantage over a telephone. The number of tries is chosen here: the maximum is known.
"""

import base64
import binascii
import json
import secrets
from datetime import UTC, datetime

from altcha import Payload, create_challenge, verify_solution

ALGORITHM = "PBKDF2/SHA-256"
#: Rounds of hashing for each try.
COST = 2000
#: Rounds for each unit of the setting: 60,000 units are at most three seconds of a slow telephone.
ROUNDS = 32
#: The share of the work that is asked for: a quarter in quiet times, all under suspicion.
QUIET, FULL = 1, 4
#: Longest answer of a browser in characters; a true one has about 1,000.
MAX_LENGTH = 3000


def challenge(key, work, until, bound, share=FULL):
    """A new challenge: find the number that gives the derived key.

    :param key: secret with which it is signed
    :param work: units of the setting, the most that is ever asked for
    :param until: naive UTC moment at which it lapses
    :param bound: text that says for which form and browser it is
    :param share: how much of the work, from :data:`QUIET` to :data:`FULL`
    :return: dict to be sent as JSON
    """
    tries = max(1, work * ROUNDS * share // FULL // COST)
    made = create_challenge(
        ALGORITHM,
        COST,
        counter=secrets.randbelow(tries),
        expires_at=until.replace(tzinfo=UTC),
        data={"for": bound, "tries": tries},
        hmac_secret=key,
        hmac_key_secret=f"{key}/key",
    )
    return made.to_dict()


def solved(key, answer, now, bound):
    """The challenge that a browser's answer solves.

    :param key: secret with which it was signed
    :param answer: base64 text of a form, anything
    :param now: naive UTC
    :param bound: text that says which form in which browser has sent it
    :return: ``(name of the challenge, naive UTC moment at which it lapses)``, or None
    """
    payload = _payload(answer)
    if payload is None or not _is_solution(payload, key):
        return None
    facts = payload.challenge.parameters  # signed by us, so they are what we made them
    lapses = datetime.fromtimestamp(facts.expires_at, UTC).replace(tzinfo=None)
    if facts.data["for"] != bound or lapses <= now:
        return None
    return facts.nonce, lapses


def _payload(answer):
    if not isinstance(answer, str) or not 0 < len(answer) <= MAX_LENGTH:
        return None
    try:
        return Payload.from_dict(json.loads(base64.b64decode(answer, validate=True)))
    except (binascii.Error, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None


def _is_solution(payload, key):
    try:
        return verify_solution(payload, key, hmac_key_secret=f"{key}/key").verified
    except (ValueError, TypeError, AttributeError):
        return False
