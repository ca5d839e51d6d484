from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: A decision in such a state is followed up no more.
SETTLED = ("verified", "cancelled")


class WaterManagementReview(models.Model):
    """A management review of complaints handling (ISO 10002, 8.6): minutes and decisions.

    Decisions are corrective actions with owner and date, and are followed up as these are. Minutes
    that a manager has approved are not changed.
    """

    _name = "water.management.review"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Management Review"
    _order = "held_on desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    held_on = fields.Date(required=True, default=lambda self: self.env.company._water_today())
    chair_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.uid,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    participant_ids = fields.Many2many("res.users", domain="[('share', '=', False)]")
    sheet_id = fields.Many2one(
        "water.kpi.sheet", string="Figures Looked at", ondelete="restrict", check_company=True
    )
    problem_ids = fields.Many2many(
        "water.problem",
        "water_review_problem_rel",
        "review_id",
        "problem_id",
        string="Problems Looked at",
        check_company=True,
    )
    minutes = fields.Text()
    decision_ids = fields.One2many(
        "water.improvement", "review_id", string="Decisions", readonly=True, copy=False
    )
    open_count = fields.Integer(string="Decisions Open", compute="_compute_open_count")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("decision_ids.state")
    def _compute_open_count(self):
        for row in self:
            states = row.decision_ids.mapped("state")
            row.open_count = sum(state not in SETTLED for state in states)

    @api.model
    def _settled_message(self):
        return self.env._("Approved minutes are not changed; decisions are followed up.")

    def action_decide(self):
        """Open the dialog of a new decision, a corrective action with owner and date."""
        self.ensure_one()
        self.check_access("read")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors give out measures."))
        known = {"default_review_id": self.id, "default_company_id": self.company_id.id}
        return windows.dialog("water.improvement", self.env._("New Decision"), known)

    def action_approve(self):
        """Approve the minutes as the chair.

        :raises AccessError: by anyone else
        :raises UserError: without minutes
        """
        self.check_access("write")
        for row in self:
            if row.chair_id != self.env.user:
                raise AccessError(self.env._("The chair approves the minutes."))
            if row.state != "draft" or not strip_invisible(row.minutes):
                raise UserError(self.env._("Write the minutes first; they are approved once."))
        now = fields.Datetime.now()
        values = {"state": "approved", "approved_by_id": self.env.uid, "approved_at": now}
        return trusted(self).write(values)
