from odoo import api, fields, models
from odoo.exceptions import MissingError

from ...base.trust import trusted


class WaterApiEntry(models.Model):
    """What an integration has handed in under a number of its own: once, however often it tries.

    The unique index is what makes a repetition safe, also when two arrive at the same moment.
    """

    _name = "water.api.entry"
    _inherit = ["water.kept.mixin", "water.case.link.mixin"]
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
        return self.sudo().search(
            [
                ("company_id", "=", self.env.company.id),
                ("channel_id", "=", channel.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
            ],
            limit=1,
        )

    @api.model
    def _keep(self, case, channel, external_id, kind="case"):
        """Enter a case, or an addition to it; the index refuses a number that is there."""
        # sudo: water.api.entry - written by this service alone
        entry = trusted(self.sudo()).create(
            {
                self._case_field(case._name): case.id,
                "channel_id": channel.id,
                "external_id": external_id,
                "kind": kind,
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
