"""Time stamps of a third party (RFC 3161): requests, and whether an answer fits its request.

The signature is checked by ``openssl ts -verify`` with the authority's certificate.
"""

import secrets

from asn1crypto import tsp

#: Media types of requests and answers.
ASKS, ANSWERS = "application/timestamp-query", "application/timestamp-reply"
#: The two ways to say yes.
GRANTED = ("granted", "granted_with_mods")


class StampError(Exception):
    """The answer is no time stamp of the request."""


def ask(digest):
    """``(bytes to be sent, number that the answer repeats)``.

    :param digest: SHA-256 in hexadecimal
    """
    nonce = secrets.randbits(63)
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes.fromhex(digest)}
    query = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return tsp.TimeStampReq(query).dump(), nonce


def read(answer, digest, nonce):
    """The whole answer again, when it is a time stamp of ``digest`` that was asked for just now.

    :param answer: bytes that came back
    :raises StampError: for every other one
    """
    try:
        reply = tsp.TimeStampResp.load(answer, strict=True)
        status = reply["status"]["status"].native
        signed = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        imprint, repeated = signed["message_imprint"], signed["nonce"].native
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        stamped = imprint["hashed_message"].native
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise StampError from None
    if status not in GRANTED or algorithm != "sha256":
        raise StampError
    if (stamped.hex(), repeated) != (digest, nonce):
        raise StampError
    return answer
