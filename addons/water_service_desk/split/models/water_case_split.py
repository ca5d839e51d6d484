from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.trust import trusted

#: Events that nobody brings about, or that change nothing.
QUIET = frozenset(
    {"clock_warned", "clock_breached", "message_failed", "revealed", "file_published"}
)


class WaterCaseSplit(models.Model):
    """One case was split in two: who shared out what, and what was there before."""

    _name = "water.case.split"
    _inherit = ["water.kept.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Split of a Case"
    _order = "id desc"
    _rec_name = "part_number"
    _allow_sudo_commands = False
    _sealed_with_case = True
    _dossier_order = 76
    _dossier = ("at", "user_id", "reason", "part_number", "undone_at", "undone_by_id")

    at = fields.Datetime(string="Date", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Split by", required=True, readonly=True, ondelete="restrict"
    )
    reason = fields.Char(required=True, readonly=True)
    part_number = fields.Char(string="New Case", readonly=True)
    verbatim_before = fields.Text(
        string="The Whole Words", readonly=True, help="As spoken, before they were shared out."
    )
    description_before = fields.Text(string="The Whole Summary", readonly=True)
    facts = fields.Json(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    undone_at = fields.Datetime(readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    @api.model
    def _kept_message(self):
        return self.env._("A case is split by the button “Split in Two”.")

    def _part(self):
        """The case that was split off, with superuser rights."""
        # sudo: case - found by the row of the case that it was split from
        return self._case().sudo().search([("split_id", "=", self.id)], limit=1)

    def action_open_part(self):
        """Open the case that was split off (its own access rules apply)."""
        self.ensure_one()
        self.check_access("read")
        part = self._part().with_env(self.env)
        part.check_access("read")
        return windows.form(part)

    def _happened_since(self):
        """Events of both cases since then that somebody brought about, oldest first."""
        events = self._case().sudo().event_ids | self._part().event_ids
        later = events.filtered(
            lambda row: row.id > self.sudo().facts["last"] and row.kind not in QUIET
        )
        return later.sorted("id")

    def _check_undoable(self):
        """Undone is what nothing has been built on.

        :raises UserError: for a split that was undone, and with what has happened since
        """
        if self.undone_at:
            raise UserError(self.env._("This split was undone already."))
        later = self._happened_since()
        if later:
            event = later[0]
            labels = dict(event._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(case)s has moved on since it was split: “%(event)s”. Merge the two cases"
                    " instead.",
                    case=event.case_name,
                    event=labels[event.kind],
                )
            )

    def _keep_undone(self):
        trusted(self.sudo()).write(
            {"undone_at": fields.Datetime.now(), "undone_by_id": self.env.uid}
        )
