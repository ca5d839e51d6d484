import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base import windows
from ...base.words import strip_invisible
from ..models.water_erasure_mixin import PRIVACY


class WaterPackageWizard(models.TransientModel):
    """Gives a person all data held about them (PIPL art. 45)."""

    _name = "water.package.wizard"
    _inherit = "water.mixin"
    _description = "Export Personal Data"

    partner_id = fields.Many2one(
        "res.partner",
        string="Of",
        required=True,
        readonly=True,
        default=lambda self: self._default_partner(),
    )
    asked_on = fields.Date(required=True, default=lambda self: self.env.company._water_today())
    due_on = fields.Date(
        string="Due", compute="_compute_due_on", help="As the guide of the service promises."
    )
    note = fields.Text(string="Who Asked, and How It Was Proved")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    @api.model
    def _default_partner(self):
        """Return the contact of the page; access is checked later."""
        here = self.env.context.get("active_model") == "res.partner"
        return here and self.env.context.get("active_id")

    @api.depends("asked_on")
    @api.depends_context("company")
    def _compute_due_on(self):
        office = self.env.company._water_calendar()
        for wizard in self:
            limit = wizard.asked_on and wizard._promised()
            wizard.due_on = limit and office._water_last_day(wizard.asked_on, *limit)

    def action_make(self):
        """Create the file and show it; logged in the privacy log.

        :raises AccessError: for anyone but a privacy officer who may read the contact
        :raises UserError: without a note about who asked
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(PRIVACY):
            raise AccessError(self.env._("Only privacy officers provide personal data."))
        person = self.partner_id
        person.check_access("read")
        if not strip_invisible(self.note):
            raise UserError(self.env._("Say who asked for it, and how they proved who they are."))
        name, content, count = self.env["water.personal.package"]._make(person)
        self.env["water.privacy.log"]._keep(
            "package",
            person._name,
            record_name=person._erasure_name(),
            row_count=count,
            note=f"{self.asked_on}–{self.due_on}: {strip_invisible(self.note)}",
        )
        self.write({"file": base64.b64encode(content), "file_name": name})
        title = self.env._("Export Personal Data")
        return windows.dialog(self._name, title, record_id=self.id)
