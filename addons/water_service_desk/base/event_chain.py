"""The arithmetic of the tamper-evident event log: canonical text and digest."""

import hashlib
import json


def canonical(payload):
    """Return the one JSON text that stands for ``payload`` whatever its key order.

    :param payload: a value that JSON can express, or None
    """
    return json.dumps(payload or {}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def seal(payload):
    """Return the SHA-256 of a payload: it stands for the words after they were erased.

    :param payload: a value that JSON can express, or None
    """
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def digest(previous, case_number, kind, at, user_id, payload, payload_seal=None):
    """Return the SHA-256 that binds an event to its predecessor.

    :param previous: digest of the case's preceding event, "" for the first
    :param case_number: number of the case, such as ``TS202611-00042``
    :param kind: kind of the event
    :param at: naive UTC datetime, whole seconds
    :param user_id: database id of the acting user
    :param payload: what happened, as JSON-able dict
    :param payload_seal: :func:`seal` of a payload whose words were erased, instead of it
    """
    text = "\n".join(
        (
            previous or "",
            case_number or "",
            kind,
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            str(user_id),
            payload_seal or seal(payload),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()
