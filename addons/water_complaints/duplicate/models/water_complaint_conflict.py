from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.transitions import Missing

HANDLERS = ("first_responsible_id", "user_id")


class WaterComplaint(models.Model):
    """Nobody handles what was merged with a complaint about himself or his own unit (E9)."""

    _inherit = "water.complaint"

    def _whom_it_is_about(self):
        """Who must not have it in hand."""
        case = self.sudo()
        return case.person_complained_id | case._unit_complained_of()

    def _need_original(self):
        missing, original = super()._need_original(), self.sudo().duplicate_of_id
        if missing or not self._is_with_whom_it_is_about(original):
            return missing
        words = self.env._("it is about whoever handles %s: hand that over first", original.name)
        return [Missing(words, "action_relate")]

    def _is_with_whom_it_is_about(self, other):
        handlers = other.first_responsible_id | other.user_id | other._acting_responsible()
        return bool(handlers & self._whom_it_is_about() or self._is_with_unit(other))

    def _is_with_unit(self, original):
        """Whether the unit that this one complains of works on the other one."""
        unit = self.sudo().department_complained_id
        return self._is_delicate() and unit & original._open_dispatches().department_id

    @api.constrains(
        "person_complained_id",
        "department_complained_id",
        "category_id",
        "is_confidential",
        "is_anonymous",
    )
    def _check_lead_has_left(self):
        """What turns out to be about whoever handles the matter leaves him first."""
        for case in self.sudo():
            lead = case._lead_case()
            ended = not lead or lead.state in lead._final_states
            if not ended and case._is_with_whom_it_is_about(lead):
                raise ValidationError(
                    self.env._(
                        "%(case)s was merged into %(lead)s and is about whoever handles that: have"
                        " a supervisor hand %(lead)s over first, with the reason, by “Replace the"
                        " Person Complained of”, or dispatch it to another department.",
                        case=case.name,
                        lead=lead.name,
                    )
                )

    @api.constrains("first_responsible_id", "user_id")
    def _check_conflict_of_merged(self):
        for case in self.sudo():
            if case._about_whom_merged() & (case.first_responsible_id | case.user_id):
                raise ValidationError(case._about_them_message())

    def _about_whom_merged(self):
        """Whom complaints that were merged into these are about."""
        merged = self._merged_cases()
        return self.env["res.users"].union(*(case._whom_it_is_about() for case in merged))

    def _about_them_message(self):
        return self.env._(
            "A complaint that was merged into %s is about them: choose somebody else.", self.name
        )

    def _barred_handlers(self):
        """Nor do they get it back from a department, as deputies or on a visit."""
        return super()._barred_handlers() | self._about_whom_merged()

    def _check_handler(self, user):
        for case in self:
            if user in case._about_whom_merged():
                raise UserError(case._about_them_message())
        super()._check_handler(user)

    def _may_go_back_to(self, department):
        """Nor does the unit get it back that it turned out to be about."""
        case = self.sudo()
        about = case._is_delicate() and department == case.department_complained_id
        return not about and super()._may_go_back_to(department)

    # -- found out later ----------------------------------------------------------------------

    def _who_is_replaced(self):
        lead = self._lead_case().with_env(self.env)
        return lead._who_is_replaced() if lead else super()._who_is_replaced()

    def _replace_responsible(self, user, reason, person=None):
        """What was merged is about whoever handles the matter: it leaves him, with the reason.

        This one is about him, the one that is handled is not; whoever says so may change both.
        """
        self.ensure_one()
        lead = self._lead_case().with_env(self.env)
        if not lead:
            super()._replace_responsible(user, reason, person)
            return
        self.check_access("write")
        before = lead.first_responsible_id
        lead._hand_over(user, reason)
        payload = {"from": before.id, "to": user.id, "reason": reason}
        lead.sudo()._log_events("recused", payload)
        if person:
            # sudo: complaint - the supervisor himself may lose sight of it here
            case = trusted(self.sudo())
            own = {name: user.id for name in HANDLERS if case[name] == person}
            case.write({**own, "person_complained_id": person.id})

    def _people_concerned(self):
        """Nor do they hear of it."""
        merged = self._merged_cases()
        about = super()._people_concerned()
        return about | merged._people_concerned() if merged else about

    def _check_dispatch_conflict(self, departments):
        super()._check_dispatch_conflict(departments)
        merged = self._merged_cases()
        if merged:
            merged._check_dispatch_conflict(departments)
