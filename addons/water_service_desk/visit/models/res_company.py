from odoo import fields, models


class ResCompany(models.Model):
    """Windows for appointments."""

    _inherit = "res.company"

    water_visit_notice_hours = fields.Integer(
        string="Earliest New Appointment",
        default=24,
        help="Customers move an appointment to no window that begins sooner, in hours.",
    )
    water_visit_cutoff_hours = fields.Integer(
        string="Latest Move by the Customer",
        default=12,
        help="Hours before an appointment from which staff decide about another time.",
    )
    water_visit_window_hours = fields.Integer(
        string="Length of a Window", default=2, help="In hours, within working time."
    )
    water_visit_days = fields.Integer(
        string="Windows Ahead", default=10, help="Days ahead for which windows are offered."
    )

    _water_visits = models.Constraint(
        "CHECK (water_visit_notice_hours BETWEEN 0 AND 336 AND water_visit_cutoff_hours BETWEEN 0"
        " AND 336 AND water_visit_window_hours BETWEEN 1 AND 12 AND water_visit_days BETWEEN 1"
        " AND 60)",
        "Choose up to 336 hours of notice, windows of 1 to 12 hours, and 1 to 60 days ahead.",
    )
