from odoo import api, fields, models
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base.roles import CASE_GROUPS


class WaterCaseMixin(models.AbstractModel):
    """A case of any type may have compensations (S3.2.3a); money is no affair of departments."""

    _inherit = "water.case.mixin"

    compensation_ids = fields.One2many(
        "water.compensation", string="Compensations", groups=CASE_GROUPS
    )
    compensation_count = fields.Integer(
        string="Number of Compensations", compute="_compute_compensation", groups=CASE_GROUPS
    )
    compensation_total = fields.Char(
        string="Compensation", compute="_compute_compensation", groups=CASE_GROUPS
    )

    @api.depends("compensation_ids.state", "compensation_ids.amount")
    @api.depends_context("uid", "lang")
    def _compute_compensation(self):
        """How many there are, and what is approved or proposed together."""
        for case in self:
            rows = case.compensation_ids
            live = rows.filtered(lambda row: row.state in ("proposed", "approved"))
            case.compensation_count = len(rows)
            case.compensation_total = formatLang(
                self.env, sum(live.mapped("amount")), currency_obj=case.company_id.currency_id
            )

    def action_open_compensations(self):
        """Open the compensations of the case."""
        self.ensure_one()
        link = self.env["water.compensation"]._case_field(self._name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compensations"),
            "res_model": "water.compensation",
            "view_mode": "list,form",
            "domain": [(link, "=", self.id)],
            "context": {f"default_{link}": self.id},
        }

    def action_compensate(self):
        """Open a new compensation of the case, to be filled in and proposed."""
        self.ensure_one()
        self.check_access("write")
        link = self.env["water.compensation"]._case_field(self._name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Compensation"),
            "res_model": "water.compensation",
            "views": [(False, "form")],
            "context": {
                f"default_{link}": self.id,
                "default_account_id": self.account_id.id,
                "default_partner_id": self.partner_id.id,
            },
        }

    def _compensation_sentences(self):
        """What the customer is told of his compensations: whole sentences.

        :return: list of texts in the language of the environment, the oldest first
        """
        rows = self.sudo().compensation_ids._public_rows().with_context(lang=self.env.lang)
        return [row._sentence() for row in rows]

    def _portal_page(self):
        rows = self.sudo().compensation_ids._public_rows()
        return super()._portal_page() | {"compensations": [row._portal_card() for row in rows]}
