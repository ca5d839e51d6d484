from odoo import fields, models

KINDS = [("playbook_started", "Playbook started"), ("step_done", "Step of the playbook done")]


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(selection_add=KINDS, ondelete={kind: "cascade" for kind, __ in KINDS})
