"""The arithmetic of the tamper-evident event log: canonical text and digest."""

import hashlib
import json


def canonical(payload):
    """Return the JSON text of ``payload`` with sorted keys.

    :param payload: a value that JSON can express, or None
    """
    return json.dumps(payload or {}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def seal(payload):
    """Return the SHA-256 of a payload: it stands for the words after they were erased.

    :param payload: a value that JSON can express, or None
    """
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def altered_by_erasure(events):
    """Return the numbers of events whose words differ from what erasures left of them.

    The digest of an erased event covers its original words; the remaining words are sealed by the
    erasure, an event itself. Erasures of a former version have no seals.

    :param events: ``(number, kind, payload, whether its seal covers erased words)``, in the order
        of the chain
    """
    gone, left = set(), {}
    for number, kind, payload, is_sealed in events:
        if kind == "erased" and isinstance(payload, dict):
            named, seals = payload.get("events"), payload.get("left")
            gone.difference_update(map(str, named if isinstance(named, list) else ()))
            left.update(seals if isinstance(seals, dict) else {})
        if is_sealed:  # below: an erasure names earlier events, never itself
            gone.add(str(number))
    return [
        number
        for number, _kind, payload, _is_sealed in events
        if str(number) in gone or str(number) in left and left[str(number)] != seal(payload)
    ]


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
