from odoo import api, fields, models


class WaterStatementWizard(models.TransientModel):
    """Ask the person or unit complained of for a statement, without the source (E9)."""

    _name = "water.statement.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Ask for a Statement"
    _case_type = "water.complaint"

    user_id = fields.Many2one("res.users", string="Who Is Asked", domain=[("share", "=", False)])
    content = fields.Text()

    @api.model
    def default_get(self, fields):
        """Propose the person, or the head of the unit, and the summary of the matter."""
        values = super().default_get(fields)
        if not values.get("case_ids"):
            return values
        # sudo: complaint - users who may read the complaint may know the person
        known = self.new(values)._cases()[:1].sudo()
        person = known.person_complained_id or known.department_complained_id.manager_id
        proposed = {"user_id": person.id, "content": known.description}
        return {name: proposed[name] for name in proposed if name in fields} | values

    def action_ask(self):
        """Ask for the statement (the complaint checks the access)."""
        self.env["water.statement"]._ask(self._cases(), self.user_id, self.content)
        return {"type": "ir.actions.act_window_close"}
