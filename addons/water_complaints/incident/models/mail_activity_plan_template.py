from odoo import fields, models


class MailActivityPlanTemplate(models.Model):
    """A step of an emergency plan may be due within minutes, or before planned work begins."""

    _inherit = "mail.activity.plan.template"

    water_due_minutes = fields.Integer(
        string="Due within (min)",
        help="Of an emergency plan: so many minutes after the start; with a minus sign so many"
        " before the planned beginning. 0: by days, as above.",
    )
