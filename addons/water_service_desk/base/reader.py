"""Marks texts for another reader than the customer of the case.

A context key alone would let a remote caller choose the addressee; the object made here cannot be
sent by a client (style: a guard opens for an object's identity).
"""

_KEY = "water_reader"


class _Reader:
    """The reader of a copy."""

    __slots__ = ("partner_id",)

    def __init__(self, partner_id):
        self.partner_id = partner_id


def read_by(records, partner):
    """Return ``records`` in an environment with the texts and addresses of ``partner``.

    :param records: what the message is about, or its template
    :param partner: res.partner who gets the copy; an empty one changes nothing
    """
    return records.with_context(**{_KEY: _Reader(partner.id)}) if partner else records


def reader_of(env):
    """The res.partner whom texts of this environment are written for, or an empty recordset."""
    reader = env.context.get(_KEY)
    known = reader.partner_id if isinstance(reader, _Reader) else []
    return env["res.partner"].browse(known)
