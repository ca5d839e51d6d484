import json

from odoo import api, fields, models


class WaterCompensationVersion(models.Model):
    """One calculation of a compensation: inputs, steps and amount, kept permanently.

    The inputs are everything the amount depends on, so that anyone can repeat the calculation; the
    steps are shown in the reader's language.
    """

    _name = "water.compensation.version"
    _inherit = ["water.readonly.mixin", "water.compensation.words.mixin", "water.mixin"]
    _description = "Calculation of a Compensation"
    _order = "number desc, id desc"
    _rec_name = "number"
    _allow_sudo_commands = False

    compensation_id = fields.Many2one(
        "water.compensation", required=True, readonly=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(string="Version", required=True, readonly=True)
    rule_id = fields.Many2one(
        "water.compensation.rule", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    inputs = fields.Text(required=True, readonly=True, help="All that the amount depends on.")
    steps = fields.Text(required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="compensation_id.currency_id")
    reason = fields.Char(readonly=True, help="Why it was worked out again.")
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    text = fields.Text(string="Calculation", compute="_compute_text")
    company_id = fields.Many2one(related="compensation_id.company_id", store=True, index=True)

    _number_uniq = models.Constraint(
        "UNIQUE (compensation_id, number)", "This version of the calculation exists already."
    )

    @api.model
    def _readonly_message(self):
        return self.env._("Calculations are made by the system, and kept as they are.")

    @api.depends("steps")
    @api.depends_context("lang", "tz")
    def _compute_text(self):
        for version in self:
            version.text = version._tell_steps(
                json.loads(version.steps or "[]"), version.currency_id, version.company_id
            )
