import json
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import hmac

from ...base.trust import trusted
from ...intake.filing import FilingError

#: Prefix of erased numbers, longer than the numbers that apps may send.
FORGOTTEN = "forgotten:"


class WaterApiEntry(models.Model):
    """A number under which an integration has sent a case or message, so that repeats are safe.

    The unique index also covers two requests at the same moment.
    """

    _name = "water.api.entry"
    _inherit = ["water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Handed In by an Integration"
    _dossier = False  # how a retry is known again
    _order = "id desc"
    _rec_name = "external_id"
    _allow_sudo_commands = False

    kind = fields.Selection(
        [("case", "Case"), ("message", "Addition")], required=True, readonly=True, default="case"
    )
    channel_id = fields.Many2one(
        "water.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    external_id = fields.Char(string="External ID", required=True, readonly=True)
    content_digest = fields.Char(
        string="Digest of the Content", readonly=True, help="By it a repetition is known."
    )
    user_id = fields.Many2one(
        "res.users", string="Integration", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(required=True)

    _external_uniq = models.UniqueIndex(
        "(company_id, channel_id, kind, external_id)",
        "This external number has been handed in already.",
    )

    @api.model
    def _find(self, channel, external_id, kind="case"):
        """Return the entry of a channel with this number, or an empty recordset; with sudo.

        :param channel: water.channel of the caller
        """
        # sudo: water.api.entry - narrowed to a channel of the caller
        place = (self.env.company.id, channel.id, kind)
        return self.sudo().search(
            [
                ("company_id", "=", self.env.company.id),
                ("channel_id", "=", channel.id),
                ("kind", "=", kind),
                ("external_id", "in", [external_id, self._sealed(*place, external_id)]),
            ],
            limit=1,
        )

    @api.model
    def _sealed(self, *number):
        """Return the keyed digest that replaces a number after an erasure: recognisable, but
        unreadable.

        :param number: company, channel, kind and the app's number
        """
        return FORGOTTEN + hmac(self.env(su=True), "water.api.entry", number)

    def _forget(self):
        """Replace the app's numbers, which lead to the person by the app's own data.

        Repeats are still recognised: otherwise an erased case would be filed again.
        """
        for row in trusted(self.filtered(lambda entry: entry._own_number())):
            number = (row.company_id.id, row.channel_id.id, row.kind, row.external_id)
            row.write({"external_id": self._sealed(*number), "content_digest": False})

    def _own_number(self):
        """Return the number sent by the app; "" after an erasure."""
        number = self.external_id or ""
        return "" if number.startswith(FORGOTTEN) else number

    @api.model
    def _is_repeated(self, case, channel, external_id, content):
        """Return whether an addition with this number was stored before.

        :param content: the plain values sent
        :raises FilingError: if the number belongs to a different addition, which would be lost
        """
        entry = self._find(channel, external_id, "message")
        digest = entry.content_digest or self._digest(content)
        if entry and (entry._case() != case or digest != self._digest(content)):
            text = self.env._("You have given this number to another addition.")
            raise FilingError({"step_id": text})
        return bool(entry)

    @api.model
    def _digest(self, content):
        return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    @api.model
    def _keep(self, case, channel, external_id, kind="case", content=None):
        """Enter a case, or an addition to it; the index refuses a number that is there."""
        # sudo: water.api.entry - written by this service alone
        entry = trusted(self.sudo()).create(
            {
                self._case_field(case._name): case.id,
                "channel_id": channel.id,
                "external_id": external_id,
                "kind": kind,
                "content_digest": kind == "message" and self._digest(content),
                "user_id": self.env.uid,
            }
        )
        entry.flush_recordset()
        return entry

    def _need(self):
        """Return the case of the entry with the rights of the customer's page.

        :raises MissingError: without an entry; foreign and unknown numbers are alike
        """
        if not self:
            raise MissingError(self.env._("Your channel has no case with this external number."))
        return self._case()
