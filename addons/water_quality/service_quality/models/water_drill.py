from odoo import api, fields, models

from odoo.addons.water_service_desk.base.files import Files


class WaterDrill(models.Model):
    """An emergency drill (应急演练): participants, result, improvements (S2.2.3).

    Quality, supervisors and managers keep them; participants read them.
    """

    _name = "water.drill"
    _inherit = ["water.loose.file.mixin", "water.mixin"]
    _description = "Emergency Drill"
    _order = "drilled_at desc, id desc"
    _file_fields = ("attachment_ids",)
    _check_company_auto = True

    name = fields.Char(string="Topic", required=True)
    kind = fields.Selection(
        [
            ("burst", "Burst main"),
            ("quality", "Water quality"),
            ("outage", "Large-scale outage"),
            ("crowd", "Crowd at the service counter"),
            ("system", "Hotline or system down"),
            ("other", "Other"),
        ],
        required=True,
        default="burst",
    )
    drilled_at = fields.Datetime(string="Date", required=True, default=fields.Datetime.now)
    place = fields.Char()
    leader_id = fields.Many2one("res.users", domain="[('share', '=', False)]", required=True)
    department_ids = fields.Many2many("water.department", string="Departments", check_company=True)
    participant_ids = fields.Many2many(
        "res.users",
        "water_drill_participant_rel",
        "drill_id",
        "user_id",
        string="Participants",
        domain="[('share', '=', False)]",
    )
    scenario = fields.Text(help="What is supposed to have happened, and by which plan.")
    result = fields.Selection(
        [("good", "Good"), ("fair", "Fair"), ("poor", "Poor")], string="Verdict on the Drill"
    )
    findings = fields.Text(help="What went well, and what did not.")
    attachment_ids = Files(
        "ir.attachment", "water_drill_attachment_rel", "drill_id", "attachment_id", string="Files"
    )
    improvement_ids = fields.One2many("water.improvement", "drill_id", string="Corrective Actions")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    @api.onchange("department_ids")
    def _onchange_departments(self):
        self.participant_ids |= self.department_ids.member_ids

    def action_improve(self):
        """Open a new corrective action that follows from the drill."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Corrective Action"),
            "res_model": "water.improvement",
            "view_mode": "form",
            "context": {
                "default_drill_id": self.id,
                "default_cause": self.findings,
                "default_department_id": self.department_ids[:1].id,
            },
        }
