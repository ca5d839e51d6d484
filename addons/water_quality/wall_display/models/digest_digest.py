from odoo import fields, models
from odoo.fields import Domain


class DigestDigest(models.Model):
    """The water service in the mails by which Odoo sums a day, a week or a month up."""

    _inherit = "digest.digest"

    kpi_water_received = fields.Boolean(string="Cases Received")
    kpi_water_received_value = fields.Integer(
        string="Number of Cases Received", compute="_compute_water_received"
    )
    kpi_water_closed = fields.Boolean(string="Cases Finished")
    kpi_water_closed_value = fields.Integer(
        string="Number of Cases Finished", compute="_compute_water_closed"
    )
    kpi_water_breached = fields.Boolean(string="Limits Exceeded")
    kpi_water_breached_value = fields.Integer(
        string="Number of Limits Exceeded", compute="_compute_water_breached"
    )

    def _compute_water_received(self):
        name, counting = "kpi_water_received_value", [("is_follow_up", "=", False)]
        self._calculate_company_based_kpi("water.any.case", name, "received_at", counting)

    def _compute_water_closed(self):
        name, counting = "kpi_water_closed_value", [("counts", "=", True)]
        self._calculate_company_based_kpi("water.any.case", name, "closed_at", counting)

    def _compute_water_breached(self):
        missed = self.env["water.deadline"]._missed() & Domain("excuse_state", "!=", "excused")
        name = "kpi_water_breached_value"
        self._calculate_company_based_kpi("water.deadline", name, "due_at", missed)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("water_service_desk.menu_root").id
        figures = f"water_quality.action_fact?menu_id={menu}"
        names = ("received", "closed", "breached")
        return actions | {f"kpi_water_{name}": figures for name in names}
