from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted

UPHELD = ("upheld", "partly")
#: States in which a complaint that was right has led to a corrective action.
ENDED = ("confirmed", "callback", "archived")


class WaterComplaint(models.Model):
    """What a complaint that was right leads to: a corrective action (issue: 整改)."""

    _inherit = "water.complaint"
    _counters = {"improvement_count": "water.improvement"}
    _counted_lists = ("improvement_ids",)

    improvement_ids = fields.One2many(
        "water.improvement", "complaint_id", string="Corrective Actions"
    )
    improvement_count = fields.Integer(
        string="Number of Corrective Actions", compute="_compute_counts"
    )

    def action_open_improvements(self):
        """Open the corrective actions that came of the complaint."""
        return self._open_children(
            "water.improvement", self.env._("Corrective Actions"), "complaint_id"
        )

    def _after_confirmed(self, origins):
        super()._after_confirmed(origins)
        for case in self:
            case._follow_finding()

    def _appeal_decided(self, appeal):
        super()._appeal_decided(appeal)
        if not appeal._changes_finding() or self.state not in ENDED:
            return
        for row in self._follow_finding():
            row._message_log(body=self.env._("The appeal %s has changed the finding.", appeal.name))

    def _follow_finding(self):
        """The finding in force leads to a corrective action, or takes it away.

        :return: those that were there
        """
        rows = self.sudo().improvement_ids.filtered("is_automatic")
        if self.finding_final in UPHELD:
            trusted(rows.filtered(lambda row: row.state == "cancelled")).state = "reopened"
            self.env["water.improvement"]._open_for(self)
        else:
            rows._cancel()
        return rows

    def _improvement_values(self):
        """Values of the corrective action; no words of the customer, others read it."""
        category = self.category_id.with_context(lang=self.company_id.partner_id.lang)
        department = self.department_id or self.department_complained_id
        hidden = self._people_concerned()
        candidates = (
            department.manager_id,
            department.deputy_id,
            self.first_responsible_id,
            self.user_id,
        )
        owners = [user for user in candidates if user.active and user not in hidden]
        return {
            "subject": f"{self.name} {category.name}",
            "department_id": department.id,
            "owner_id": owners[0].id if owners else False,
            "cause": self.investigation,
            "company_id": self.company_id.id,
        }
