from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from .. import inbound

#: Mails that made or continued a case: whoever wrote one knows its number. One that was only noted
#: may be a forgery, and its writer has chosen the number himself.
PROVED = ("case", "added")


class Thread(NamedTuple):
    """The case that a mail answers, and the address that was written to; None, "" without one."""

    case: object
    address: str


class WaterMailDoor(models.AbstractModel):
    """Which case a mail is about, and how far it proves that it is its customer's."""

    _inherit = "water.mail.door"

    @api.model
    def _thread(self, message):
        """The case whose mail is answered; the nearest reference counts."""
        numbers = inbound.references(message)
        if not numbers:
            return Thread(None, "")
        for model, field, address, proving in (
            ("water.message", "reference", "address", []),
            ("water.inbound.mail", "message_id", "sender", [("outcome", "in", PROVED)]),
        ):
            # sudo: water.message, water.inbound.mail - asked for incoming mail
            rows = self.env[model].sudo()
            rows = rows.search([(field, "in", numbers), *proving], order="id desc")
            for row in rows:
                case = row._case_or_none()
                if case is not None:
                    return Thread(case, (row[address] or "").lower())
        return self._posted(numbers)

    @api.model
    def _posted(self, numbers):
        """The case in whose thread a message with one of these numbers stands."""
        cases = list(self.env["water.case.link.mixin"]._case_models().values())
        # sudo: mail.message - asked for incoming mail
        found = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("message_id", "in", numbers), ("model", "in", cases), ("res_id", "!=", False)],
                order="id desc",
                limit=1,
            )
        )
        if not found:
            return Thread(None, "")
        case = self.env[found.model].sudo().browse(found.res_id)
        outward = not (found.is_internal or found.subtype_id.internal)
        return Thread(case, (outward and case.email_normalized) or "")

    @api.model
    def _named_case(self, row):
        """The open case whose number stands in the subject, written from its own address.

        Both can be guessed, so it leads to a note for the staff at most, never into a case that
        is restricted or confidential; who guesses is told nothing.
        """
        for model in self.env["water.case.link.mixin"]._case_models().values():
            # sudo: case - asked for incoming mail
            cases = self.env[model].sudo()
            prefix = Domain("email_normalized", "=", row.sender) & Domain("closed_at", "=", False)
            open_ = prefix & Domain("is_restricted", "=", False)
            open_ &= Domain("is_confidential", "=", False)
            for case in cases.search(open_, order="id desc", limit=50):
                if case.name in (row.subject or ""):
                    return case
        return None
