import json
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import hmac

from ...base.trust import trusted
from ...intake.filing import FilingError

#: Begins what stands for a number that was forgotten; with it longer than apps may give one.
FORGOTTEN = "forgotten:"


class WaterApiEntry(models.Model):
    """What an integration has handed in under a number of its own: once, however often it tries.

    The unique index is what makes a repetition safe, also when two arrive at the same moment.
    """

    _name = "water.api.entry"
    _inherit = ["water.kept.mixin", "water.case.link.mixin", "water.mixin"]
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
        """The entry of a channel with this number, or nothing; with sudo.

        :param channel: water.channel that the caller is bound to
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
        """What stands for a number once its person is erased: known again, and read by nobody.

        :param number: company, channel, kind and the app's number
        """
        return FORGOTTEN + hmac(self.env(su=True), "water.api.entry", number)

    def _forget(self):
        """The app's numbers lead to the person by what the app keeps of him.

        Handed in once more they are known as ever, or an erased case would be filed anew.
        """
        for row in trusted(self.filtered(lambda entry: entry._own_number())):
            number = (row.company_id.id, row.channel_id.id, row.kind, row.external_id)
            row.write({"external_id": self._sealed(*number), "content_digest": False})

    def _own_number(self):
        """The number that the app has given; nothing once the person is erased."""
        number = self.external_id or ""
        return "" if number.startswith(FORGOTTEN) else number

    @api.model
    def _is_repeated(self, case, channel, external_id, content):
        """Whether an addition has been made before, under this number.

        :param content: what is sent, of plain values
        :raises FilingError: when the number was given to another addition, which would be lost
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
        """The case of the entry, as the customer's gateway hands it out.

        :raises MissingError: without an entry; a foreign number and an unknown one are alike
        """
        if not self:
            raise MissingError(self.env._("Your channel has no case with this external number."))
        return self._case()
