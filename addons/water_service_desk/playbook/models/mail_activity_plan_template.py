from odoo import fields, models


class MailActivityPlanTemplate(models.Model):
    """A step of a playbook may keep a case from ending before it is done."""

    _inherit = "mail.activity.plan.template"

    water_blocks = fields.Boolean(
        string="Blocks the End",
        help="Until then the customer gets no final answer and the case stays open.",
    )
