from odoo import api, fields, models


class WaterCallbackScript(models.Model):
    """The script and questions of a kind of call, a case type or some categories."""

    _name = "water.callback.script"
    _inherit = ["water.mixin"]
    _description = "Call-back Script"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("follow_up", "Follow-up"), ("requested", "Requested")],
        string="Call",
        required=True,
        default="follow_up",
    )
    case_model = fields.Selection(
        selection="_selection_case_model", string="Case Type", help="Empty: every case."
    )
    category_ids = fields.Many2many(
        "water.category", string="Categories", help="Categories or families; empty: all."
    )
    greeting = fields.Text(translate=True, help="How the call begins.")
    farewell = fields.Text(translate=True, help="How it ends.")
    question_ids = fields.One2many(
        "water.callback.question", "script_id", string="Questions", copy=True
    )

    @api.model
    def _selection_case_model(self):
        return self.env["water.stage"]._selection_model()

    @api.model
    def _for_callback(self, callback):
        """The script for a call: the closest one, by category before case type.

        :param callback: one water.callback
        """
        # sudo: case - its category
        case = callback.sudo()._case()
        # sudo: water.callback.script - shared configuration, callers need it
        scripts = self.sudo().search(
            [("kind", "=", callback.kind), ("case_model", "in", [False, case._name])]
        )
        about = case.category_id | case.category_id.parent_id
        fitting = scripts.filtered(lambda row: not row.category_ids or row.category_ids & about)
        return fitting.sorted(lambda row: row._distance(case))[:1]

    def _distance(self, case):
        """Return how far the script is from ``case``; smaller fits better."""
        if case.category_id in self.category_ids:
            return 0
        return 1 if self.category_ids else 2 if self.case_model else 3
