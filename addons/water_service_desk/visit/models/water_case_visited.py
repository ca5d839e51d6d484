from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...base.trust import trusted
from ...case.transitions import Missing

#: The to-do of whoever is told what the customer has changed about a visit, or wishes to.
TO_DO = "water_service_desk.mail_activity_type_visit"


class WaterCaseMixin(models.AbstractModel):
    """A case whose customer is visited: appointments are made, kept, and never left open."""

    _inherit = "water.case.mixin"

    _counters = {"visit_count": "water.visit"}
    _todos_while_open = (TO_DO,)

    visit_ids = fields.One2many("water.visit", string="Visits")
    visit_count = fields.Integer(string="Number of Visits", compute="_compute_counts")

    def _field_workers(self):
        """Whoever went to the customer, too."""
        return self.sudo().visit_ids.user_id | super()._field_workers()

    def _is_done_outside(self):
        """Or whoever was at the customer's in this round."""
        made = self.sudo().visit_ids.filtered(lambda row: row.state == "done" and row.user_id)
        rounds = made.deadline_ids.mapped("handling_round")
        return super()._is_done_outside() or self.handling_round in rounds

    def _open_visits(self):
        """Visits that are still to be made, whoever may see them."""
        # sudo: water.visit - an open appointment binds the case whoever looks at it
        return self.sudo().visit_ids.filtered(lambda visit: visit._is_open())

    def _who_waits(self):
        """The customer, for somebody to come."""
        visits = [
            Missing(visit._open_note(), "action_open_visits") for visit in self._open_visits()
        ]
        return super()._who_waits() + visits

    def _cancel_visits(self):
        """The matter is over before the visits: nobody comes any more, and he reads why."""
        for visit in self._open_visits():
            case = visit._case()
            told = case.with_context(lang=case._customer_lang())
            words = told._stage_words() or told._state_label(told.state)
            visit._cancel(words, case._ended_by())

    def _visits_without_crew(self):
        """Visits to come of a department that has the work no more: returned, or withdrawn."""
        latest = {row.department_id: row.state for row in self.sudo().dispatch_ids.sorted("id")}
        gone = {row for row, state in latest.items() if state in ("rejected", "cancelled")}
        if not gone:  # asked at each dispatching: visits are read where there may be one
            return self.env["water.visit"].sudo()
        return self._open_visits().filtered(
            lambda visit: visit.state != "arrived" and visit.department_id in gone
        )

    def _on_dispatch_rejected(self, dispatch):
        """Whoever answers for the case hears at once that nobody goes to the customer any more."""
        super()._on_dispatch_rejected(dispatch)
        for visit in self._visits_without_crew():
            visit._tell_without_crew()

    def _send_dispatches(self, supports=None, note=False, due=None):
        """Whoever leads now goes to the customer as well, when he was told (S2.1.1 信守承诺)."""
        super()._send_dispatches(supports, note, due)
        for case in self:
            case._visits_without_crew()._hand_to(case.department_id)

    def _ended_by(self):
        """Whose wish it was that the matter is over here: of the customer, or of the company."""
        return "customer" if self.state == "withdrawn" else "company"

    def _plan_visit(self, department, slot_from, slot_to, user=None, purpose=False):
        """Make an appointment, tell the customer, and keep it as a promise.

        :param department: water.department that goes
        :param slot_from: naive UTC beginning of the slot
        :param slot_to: naive UTC end of the slot, by which somebody must have come
        :param user: res.users who goes, or nobody yet
        :param purpose: what is to be done
        :raises AccessError: by people of neither the desk nor the department
        :raises UserError: when the case is finished, the department closed, or the slot is none
        :return: water.visit
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_desk() and department not in self.env.user.water_department_ids:
            raise AccessError(self.env._("Plan visits of your own department only."))
        if self.state in self._final_states:
            raise UserError(self.env._("This case is finished: nobody has to come any more."))
        visits = self.env["water.visit"]
        visits._check_slot(slot_from, slot_to)
        department._check_in_use()
        self._involve(department)
        # sudo: water.visit - made by this checked service alone
        visit = trusted(visits.sudo()).create(
            {
                visits._case_field(self._name): self.id,
                "department_id": department.id,
                "user_id": user.id if user else False,
                "slot_from": slot_from,
                "slot_to": slot_to,
                "purpose": purpose,
                "company_id": self.company_id.id,
            }
        )
        visit.with_env(self.env)._announce_plan()
        return visit.with_env(self.env)

    def _involve(self, department):
        """Who goes to a customer must see the case: dispatch it unless it is there already."""
        case = self.sudo()
        present = case.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted"))
        if department in present.department_id:
            return
        if present or not self._is_desk():
            self.env["water.dispatch"]._send([(self, department, "support")])
        else:
            self._dispatch(department)

    def _on_visit_finished(self, visit):
        """Hook: somebody has been there, and says what was done."""

    def action_plan_visit(self):
        """Open the dialog that makes an appointment with the customer."""
        self.ensure_one()
        return self._dialog("water.visit.wizard", self.env._("Plan a Visit"))

    def action_open_visits(self):
        """Open the visits of the case."""
        return self._open_children("water.visit", self.env._("Visits"))
