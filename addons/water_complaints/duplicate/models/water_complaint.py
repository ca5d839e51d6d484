from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.base.todos import end_todos
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.duplicate.merging import merging_moves
from odoo.addons.water_service_desk.duplicate.models.water_matter_mixin import RESULT

from ...complaint.models.water_complaint import OPEN_STATES
from ...complaint.steps import MAJOR

HANDLERS = ("first_responsible_id", "user_id")
REPORT = ("major_reported_at", "major_report_note")


class WaterComplaint(models.Model):
    """Several people complain of the same: one complaint is handled, all are answered (E5)."""

    _name = "water.complaint"
    _inherit = ["water.matter.mixin", "water.complaint"]

    _merging_states = OPEN_STATES
    _his_alone = {"confirmed": "notified", "callback": "notified"}
    _merged_template = "water_complaints.mail_template_merged"
    _transitions = {
        **merging_moves(OPEN_STATES),
        ("registered", "rejected"): Move(needs=("_need_no_joined",)),
    }

    repeat_of_id = fields.Many2one("water.complaint")
    repeat_ids = fields.One2many("water.complaint")
    similar_ids = fields.Many2many("water.complaint")
    duplicate_of_id = fields.Many2one("water.complaint")
    duplicate_ids = fields.One2many("water.complaint")

    counts_for_rates = fields.Boolean(
        string="Counts for Satisfaction and Call-backs",
        compute="_compute_counts_for_rates",
        store=True,
        help="Anonymous, withdrawn, merged and unaccepted complaints count for the volume alone.",
    )

    _anonymous_unit_idx = models.Index(
        "(department_complained_id, received_at) WHERE is_anonymous IS TRUE"
    )

    # -- repeat --------------------------------------------------------------------------------
    # Anonymous complaints about one unit in one week are one matter until told otherwise (E5).

    @api.depends("is_anonymous", "state", "leaves_figures")
    def _compute_counts_for_rates(self):
        for case in self:
            left_out = case.is_anonymous or case.leaves_figures or case.state in NOT_JUDGED
            case.counts_for_rates = not left_out

    @api.model
    def _is_about_staff(self, vals):
        category = self.env["water.category"].sudo().browse(vals.get("category_id"))
        about = category.about_staff or category.parent_id.about_staff
        return about or vals.get("person_complained_id")

    def _link_anonymous(self):
        nameless = self.filtered(lambda case: case.is_anonymous and case.department_complained_id)
        # a case that is handled again is no further complaint
        nameless = nameless.filtered(lambda case: not case.is_follow_up)
        for case in nameless.sudo().sorted("received_at"):
            first = case._first_of_week()
            if first and first != case and not case.repeat_ids:
                why = self.env._("Anonymous, about the same unit, in the same week.")
                case._set_repeat(first, why)

    def _first_of_week(self):
        """The earliest anonymous complaint about the unit in the calendar week of this one."""
        zone = ZoneInfo(self.company_id._water_tz())
        local = self.received_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        monday = (local - timedelta(days=local.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        begin = monday.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        found = self.search(
            [
                ("is_anonymous", "=", True),
                ("department_complained_id", "=", self.department_complained_id.id),
                ("company_id", "=", self.company_id.id),
                ("received_at", ">=", begin),
                ("received_at", "<=", self.received_at),
                ("id", "!=", self.id),
                ("state", "not in", NOT_JUDGED),
            ],
            order="received_at, id",
            limit=1,
        )
        return found._root()

    @api.model
    def _prepare_confidential(self, vals_list):
        for vals in vals_list:
            if vals.get("is_anonymous") and self._is_about_staff(vals):
                vals["is_confidential"] = True

    def _on_unit_complained(self, before, vals):
        if vals["department_complained_id"]:
            self.filtered(lambda case: not case.repeat_of_id)._link_anonymous()

    # -- telling -------------------------------------------------------------------------------
    # The customers of merged complaints get the letter about the result as well.

    def _notice_also_to(self):
        """Return the merged complaints whose customers get this result as well."""
        lead = self._lead_case() or self.sudo()
        return (lead | lead._merged_cases()) - self

    def _tell_late(self, case):
        """Send the result of this round of handling to a customer whose complaint was
        merged later.
        """
        told = self.notice_ids.filtered(
            lambda row: row._is_told_to_all() and row.sent_at and row.round == self.reopen_count
        )
        for notice in told.sorted("id")[-1:] if self._has_sent_result() else ():
            notice._tell_one_also(case)
            self._keep_guarantee(case)

    def _has_sent_result(self):
        return self.state not in self._merging_states

    def _way_of_telling(self, notice):
        """Return how the customer of a merged complaint gets the result; nobody gets it twice.

        :param notice: the original's water.notice, with superuser rights
        :return: values of the notice stored with this complaint
        """
        if self._is_told_with(notice.complaint_id):
            told = {"mode": "oral", "told_to": notice.told_to}
            return told if notice.mode == "oral" else {"mode": "published"}
        if self.is_anonymous and not self.email_from:
            return {"mode": "published"}
        return {"mode": "written", "way": "mail" if self._notice_address() else "post"}

    def _log_notice_of_merged(self, notice):
        if self.state != "merged":
            return  # the one that is handled has its own events
        self._log_events("duplicate_told", {"number": notice.name})
        end_todos(self, RESULT)  # told anew, there is one thing to tell
        told = self._is_told_with(notice.also_of_id.complaint_id)
        if not (told or self.is_anonymous or self._notice_address()):
            self._ask_to_tell()

    # -- conflict ------------------------------------------------------------------------------
    # Users may not handle a complaint if one merged into it is about them or their unit (E9).

    def _whom_it_is_about(self):
        """Return the users who must not handle the complaint."""
        case = self.sudo()
        return case.person_complained_id | case._unit_complained_of()

    def _need_original(self):
        missing, original = super()._need_original(), self.sudo().duplicate_of_id
        if missing or not self._is_with_whom_it_is_about(original):
            return missing
        words = self.env._(
            "it is about the person who handles %s: hand that case over first", original.name
        )
        return [Missing(words, "action_relate")]

    def _is_with_whom_it_is_about(self, other):
        handlers = other.first_responsible_id | other.user_id | other._acting_responsible()
        return bool(handlers & self._whom_it_is_about() or self._is_with_unit(other))

    def _is_with_unit(self, original):
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
        """Refuse a merged complaint about the user who handles its lead."""
        for case in self.sudo():
            lead = case._lead_case()
            ended = not lead or lead.state in lead._final_states
            if not ended and case._is_with_whom_it_is_about(lead):
                raise ValidationError(
                    self.env._(
                        "%(case)s was merged into %(lead)s and is about the person who handles "
                        "that case: have a supervisor hand %(lead)s over first, with the reason, "
                        "by “Replace the"
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
        merged = self._merged_cases()
        return self.env["res.users"].union(*(case._whom_it_is_about() for case in merged))

    def _about_them_message(self):
        return self.env._(
            "A complaint merged into %s is about them: choose another person.", self.name
        )

    def _barred_handlers(self):
        """Bar users whom merged complaints are about as deputies, on visits and on returns too."""
        return super()._barred_handlers() | self._about_whom_merged()

    def _check_handler(self, user):
        for case in self:
            if user in case._about_whom_merged():
                raise UserError(case._about_them_message())
        super()._check_handler(user)

    def _may_go_back_to(self, department):
        case = self.sudo()
        about = case._is_delicate() and department == case.department_complained_id
        return not about and super()._may_go_back_to(department)

    # -- found out later ----------------------------------------------------------------------

    def _who_is_replaced(self):
        lead = self._lead_case().with_env(self.env)
        return lead._who_is_replaced() if lead else self.first_responsible_id

    def _replace_responsible(self, user, reason, person=None):
        """Replace the handler of the lead when a merged complaint is about that person.

        The supervisor may change both complaints, though only the merged one is about the handler.
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
            # sudo: complaint - the supervisor may lose read access here
            case = trusted(self.sudo())
            own = {name: user.id for name in HANDLERS if case[name] == person}
            case.write({**own, "person_complained_id": person.id})

    def _people_concerned(self):
        """Notify none of the users whom merged complaints are about."""
        merged = self._merged_cases()
        about = super()._people_concerned()
        return about | merged._people_concerned() if merged else about

    # -- major ---------------------------------------------------------------------------------
    # A complaint into which a major one is merged is reported before it is handled, too (E2).
    #
    # A report of the merged complaint counts for its lead. Undoing leaves the lead major.

    def _bring_forward(self, original):
        super()._bring_forward(original)
        kinds = [kind for kind in MAJOR if self[kind] and not original[kind]]
        if kinds:
            case = self.sudo()
            if case.major_reported_at and not original.major_reported_at:
                told = {name: case[name] for name in REPORT}
                told["major_reported_to_id"] = case.major_reported_to_id.id
                trusted(original).write(told)
            reason = {"triage_reason": self._merging_reason()}
            original.write(dict.fromkeys(kinds, True) | reason)
