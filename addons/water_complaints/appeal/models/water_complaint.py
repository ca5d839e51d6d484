from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

from .water_appeal import OPEN_STATES
from .water_appeal_filing import ANSWERED_STATES

#: Events that are no part in a matter: looking at it, and what appeals and their letters leave.
NO_PART = ("revealed", "appeal_filed", "appeal_decided", "duplicate_told")

#: Rows of a complaint whose authors had a part in it.
PARTS = ("investigation_ids", "evidence_ids", "resolution_ids", "negotiation_ids", "demand_ids")


class WaterComplaint(models.Model):
    """A complaint whose answer can be appealed against, filed or not (S3.2.5)."""

    _inherit = "water.complaint"
    _counters = {"appeal_count": "water.appeal"}

    _clock_events = {"appeal_decided": ("appeal",)}

    appeal_ids = fields.One2many("water.appeal", "complaint_id", string="Appeals")
    appeal_count = fields.Integer(string="Number of Appeals", compute="_compute_counts")
    can_appeal = fields.Boolean(compute="_compute_can_appeal", export_string_translation=False)

    @api.model
    def _counted_links(self):
        """What his customer has appealed against in the matter counts here as well."""
        links = super()._counted_links()
        theirs = self.env["water.appeal"]._fields["appellant_case_id"]
        return {**links, "appeal_count": [*links["appeal_count"], theirs]}

    @api.depends("state", "appeal_ids.state")
    @api.depends_context("uid")
    def _compute_can_appeal(self):
        is_desk = self.env.user.has_group(AGENT)
        for case in self:
            open_now = case.sudo()._open_appeal()
            case.can_appeal = is_desk and not open_now and case._is_answered()

    def _appeal_decided(self, appeal):
        """Hook: an appeal has been decided.

        :param appeal: the water.appeal, with sudo
        """

    # -- where it stands --------------------------------------------------------------------

    def _appealed_case(self):
        """Where the matter was decided: what is merged has no answer of its own."""
        return self._lead_case() or self

    def _is_answered(self):
        return self._appealed_case().state in ANSWERED_STATES

    def _own_appeals(self):
        """The appeals of this complaint's own customer, wherever the matter was handled by then."""
        own = self.appeal_ids.filtered(lambda row: not row.appellant_case_id)
        # sudo: water.appeal - what he has filed himself
        return own | own.sudo().search([("appellant_case_id", "in", self.ids)])

    def _open_appeal(self):
        """The appeal in the matter that is being handled, whoever filed it, or nothing."""
        return self._appealed_case().appeal_ids.filtered(lambda row: row.state in OPEN_STATES)

    def _decided_appeals(self):
        """Appeals against the present answer that the company has decided, oldest first."""
        matter = self._appealed_case()
        return matter.appeal_ids.filtered(
            lambda row: (
                row.state == "decided"
                and row.level != "external"
                and row.round == matter.reopen_count
            )
        ).sorted("id")

    def _appeal_level(self):
        """On which level the next appeal is heard: a review first, the company then."""
        return "2" if self._decided_appeals() else "1"

    def _appeals_exhausted(self):
        """Whether the company has given its final answer."""
        return "2" in self._decided_appeals().mapped("level")

    def _appealed_notice(self):
        """The answer that can be appealed against now, or nothing."""
        now = self._appealed_case().reopen_count
        told = self.notice_ids.filtered(
            lambda row: row.sent_at and row.appeal_until and row.round == now
        )
        return told.sorted("id")[-1:]

    def _appeal_last_day(self):
        """Until when the customer may appeal, as a date; nothing where he may not any more."""
        case = self.sudo()
        if case._open_appeal() or case._appeals_exhausted() or not case._is_answered():
            return False
        until = case._appealed_notice().appeal_until
        today = fields.Date.context_today(self.with_context(tz=self._customer_tz()))
        return until if until and today <= until else False

    def _involved_people(self):
        """Everybody who had a part in the matter, wherever it was handled before (E6, E9)."""
        cases = self.sudo() | self._merged_cases()
        cases |= cases._earlier_cases()
        people = (case._people_with_part() for case in cases)
        return self.env["res.users"].union(*people, *(case._people_before() for case in cases))

    def _earlier_cases(self):
        """Complaints that were filed, and whose matter goes on in one of these."""
        found = self.browse()
        for case in self.filtered("external_ref"):
            same = [("company_id", "=", case.company_id.id), ("id", "<", case.id)]
            same += [(name, "=", case[name]) for name in ("external_source", "external_ref")]
            found |= self.search(same)
        # sudo: water.appeal - whose decision it was that a matter goes on
        decided = self.env["water.appeal"].sudo().search([("follow_up_id", "in", self.ids)])
        return (found | decided.complaint_id) - self

    def _people_before(self):
        """Who did something about the matter before it became a complaint of its own."""
        split = self.split_id
        # sudo: water.inquiry - by which the matter came in
        inquiries = self.env["water.inquiry"].sudo().search([("complaint_id", "in", self.ids)])
        events = inquiries.event_ids
        if split:
            events |= split._case().event_ids.filtered(lambda row: row.at <= split.at)
        people = events.filtered(lambda row: row.kind not in NO_PART).user_id
        return people.union(*(inquiry._workers() for inquiry in inquiries))

    def _people_with_part(self):
        """Everybody who had a part in this complaint, as its records show."""
        case = self.sudo()
        own = case.notice_ids.filtered(lambda row: not row.appeal_id)
        pauses = case.deadline_ids.filtered(lambda clock: not clock.appeal_id).pause_ids
        return (
            case._workers()
            | case._people_concerned()
            | case.department_complained_id.member_ids
            | case.department_complained_id.manager_id
            | case.visit_ids.user_id
            | case.dispatch_ids.create_uid
            | own.sent_by_id
            | own.signed_by_id
            | pauses.requested_by_id
            | pauses.approved_by_id
            | case._evidence_people()
            | case._responsible_line()
            | case.event_ids.filtered(lambda row: row.kind not in NO_PART).user_id
        )

    def _responsible_line(self):
        """Whose work it was to see that it is done well: heads, deputies, who put up the plan."""
        case = self.sudo()
        leads = case.dispatch_ids.filtered(
            lambda row: row.role == "lead" and row.state in ("accepted", "finished")
        )
        departments = case.department_id | leads.department_id
        return (
            departments.manager_id
            | departments.deputy_id
            | case.resolution_ids.proposed_by_id
            | case.resolution_ids.action_ids.done_by_id
        )

    def _evidence_people(self):
        """Whoever looked into the matter, planned, negotiated or judged the demands."""
        rows = (self[name] for name in PARTS if name in self._fields)
        return self.env["res.users"].union(*(part.create_uid for part in rows))

    # -- what follows -----------------------------------------------------------------------

    def _hear_of_decision(self, appeal):
        """Keep the decision in the chain of a complaint that is not filed yet."""
        if self.state not in self._final_states:
            payload = {"number": appeal.name, "decision": appeal.decision}
            self._log_events("appeal_decided", payload)

    def _barred_handlers(self):
        return super()._barred_handlers() | self.sudo().appeal_ids.former_handler_ids

    def _reopen_by_appeal(self, appeal):
        """The matter is handled again, by somebody else; a filed complaint stays as it is.

        :param appeal: the water.appeal that was upheld
        """
        note = appeal.remedy or appeal.decision_text
        if not self._is_sealed_off():  # it may be handled again already, for another reason
            self._handle_again(appeal, note, self._rehandle_path.get(self.state, ()))
            return
        former = self._former_handlers()
        nobody = {"first_responsible_id": False, "user_id": False}
        values = {**self._matter_values(), **nobody, "is_follow_up": True}
        again = trusted(self.browse()).create(values).with_env(self.env)
        trusted(appeal).write({"follow_up_id": again.id, "former_handler_ids": former.ids})
        again._continue(self, note)
        self._merged_cases()._go_on_in(again, note)

    def _born_of_it(self):
        return [*super()._born_of_it(), self.appeal_ids.follow_up_id]

    def _go_on_in(self, again, note):
        """Merged complaints go on with the matter: their customers hear what comes of it.

        :param again: the complaint in which it is handled again
        :param note: why
        """
        trusted(self).write({"duplicate_of_id": again.id})
        self._log_events("merged", {"reason": note or "", "original": again.name})
        again._count_repeats()

    def _check_unmerging(self):
        """Whoever has appealed against the answer to the matter stays with it until it is decided.

        :raises UserError: with the number of his appeal
        """
        super()._check_unmerging()
        mine = self.sudo()._own_appeals() & self.sudo()._open_appeal()
        if mine:
            words = self.env._("the appeal %s is decided first, or taken back", mine.name)
            raise Refusal(self.name, self, [Missing(words, "action_open_appeals")])

    # -- buttons ----------------------------------------------------------------------------

    def action_appeal(self):
        """Open the dialog in which the desk files an appeal for the customer.

        :raises UserError: when there is nothing to appeal against
        """
        self.ensure_one()
        self.check_access("read")
        self.env["water.appeal"]._check_appealable(self.sudo())
        return self._dialog(
            "water.appeal.wizard",
            self.env._("Appeal"),
            default_step="file",
            default_complaint_id=self.id,
        )

    def action_open_appeals(self):
        """Open the appeals about the complaint, and those of its own customer in the matter."""
        self.ensure_one()
        here = ["|", ("complaint_id", "=", self.id), ("appellant_case_id", "=", self.id)]
        return windows.rows("water.appeal", self.env._("Appeals"), here, {"create": False})

    def _appeal_until(self):
        """Last day on which the customer may appeal, counted from his today (S3.2.5)."""
        today = fields.Date.context_today(self.with_context(tz=self._customer_tz()))
        return today + timedelta(days=self.company_id.water_appeal_days)
