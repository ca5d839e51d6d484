from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.transitions import Missing, Move, Refusal

REVIEWERS = (SUPERVISOR, QUALITY)


class WaterComplaint(models.Model):
    """A second person confirms what was concluded in grave cases (S3.2.2c).

    Grave is what is more than an ordinary complaint. Nobody confirms what he has investigated or
    concluded himself.
    """

    _inherit = "water.complaint"

    _transitions = {("investigating", "handling"): Move(needs=("_need_review",))}

    concluded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    concluded_at = fields.Datetime(readonly=True, copy=False)
    reviewed_by_id = fields.Many2one(
        "res.users", string="Conclusion Confirmed by", readonly=True, copy=False
    )
    reviewed_at = fields.Datetime(string="Conclusion Confirmed at", readonly=True, copy=False)
    needs_review = fields.Boolean(
        string="Needs a Second Person",
        compute="_compute_review",
        help="The conclusion counts only when somebody who did not investigate confirms it.",
    )
    can_review = fields.Boolean(compute="_compute_review", export_string_translation=False)

    @api.depends("severity", "state", "finding", "reviewed_at")
    @api.depends_context("uid")
    def _compute_review(self):
        for case in self:
            case.needs_review = case._is_grave()
            waits = case.state == "investigating" and case.finding and not case.reviewed_at
            case.can_review = bool(case.needs_review and waits and case._may_review())

    def _is_grave(self):
        """Whether the conclusion needs a second person; rooms add their reasons."""
        return self.severity not in (False, "normal")

    def _need_review(self):
        if not self._is_grave() or self.reviewed_at:
            return []
        words = self.env._(
            "have the conclusion confirmed by a second person who did not investigate: a"
            " supervisor, quality, or the head of the department"
        )
        return [Missing(words, "finding")]

    def _may_review(self):
        """Whether the user may confirm the conclusion."""
        user = self.env.user
        department = self.sudo().department_id
        leads = user in (department.manager_id | department.deputy_id)
        allowed = self.env.su or leads or any(user.has_group(group) for group in REVIEWERS)
        return allowed and user not in (self.sudo()._investigators() | self.sudo()._concerned())

    def _investigators(self):
        """Who found out and concluded: each of them, and who brought what it rests on."""
        counted = self.investigation_ids.filtered(lambda row: row.state != "cancelled")
        return counted.investigator_id | self.concluded_by_id | self.basis_evidence_ids.author_id

    def _concerned(self):
        """Who is complained of: the person, and the people of the department; who complains."""
        department = self.department_complained_id
        heads = department.manager_id | department.deputy_id
        return self.person_complained_id | self._people_concerned() | heads

    def action_review(self):
        """Confirm the conclusion as the second person.

        :raises AccessError: by whoever took part in it, or is concerned
        :raises UserError: in another state, or when the conclusion has gaps
        """
        self.check_access("write")
        for case in self:
            if case.state != "investigating":
                raise UserError(self.env._("%s is not being investigated.", case.name))
            if not case._may_review():
                raise AccessError(
                    self.env._(
                        "A second person confirms the conclusion: a supervisor, quality or the head"
                        " of the department, who neither investigated nor is complained of."
                    )
                )
            missing = case._need_finding()
            if missing:
                raise Refusal(case.name, case, missing)
            trusted(case.sudo()).write(
                {"reviewed_by_id": self.env.uid, "reviewed_at": fields.Datetime.now()}
            )
        self._log_events("reviewed", {case.id: case._review_payload() for case in self})
        return True

    def _review_payload(self):
        return {
            "finding": self.finding,
            "liability": self._shares(),
            "evidence": self.sudo().basis_evidence_ids.mapped("checksum"),
        }

    def _conclusion_changed(self, vals=()):
        """Whoever changes the conclusion answers for it, and it is confirmed anew."""
        super()._conclusion_changed(vals)
        if "finding" in vals:
            trusted(self.sudo()).write(
                {"concluded_by_id": self.env.uid, "concluded_at": fields.Datetime.now()}
            )
        confirmed = self.sudo().filtered(
            lambda case: case.reviewed_at and case.state == "investigating"
        )
        if confirmed:
            trusted(confirmed).write({"reviewed_by_id": False, "reviewed_at": False})
            self.browse(confirmed.ids)._log_events("review_void")
