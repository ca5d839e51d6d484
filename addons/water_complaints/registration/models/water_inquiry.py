from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.births import CONVERTED
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.inquiry.models.water_inquiry import STATES

#: Fields of a promise's limit that go along when the inquiry becomes a complaint.
CLOCK_FACTS = ("label", "promise_kind", "amount", "unit", "started_at", "warn_at", "due_at")
CLOCK_FACTS += ("provisional",)
CONVERTIBLE = STATES.open_names()
ORDER = ("external_source", "external_issuer", "external_ref", "external_due_at")
#: Facts of its earlier rounds.
ROUNDS = ("external_rehandle_count", "external_rehandle_reason", "is_own_order_limit")
#: The answer to its body, and the body's verdict.
ANSWERED_ORDER = (
    *("external_state", "external_answer", "external_answered_at", "external_signed_at"),
    *("external_responded", "external_solved", "external_satisfied"),
)


class WaterInquiry(models.Model):
    """An inquiry becomes a complaint when the customer is not satisfied (S3.2.1e)."""

    _inherit = "water.inquiry"

    #: what became a complaint is told by the chain and the words of the complaint itself
    _dossier = False
    _transitions = {(state, "converted"): Move((), ("_need_complaint",)) for state in CONVERTIBLE}

    complaint_id = fields.Many2one(
        "water.complaint", string="Became", readonly=True, copy=False, index="btree_not_null"
    )
    can_convert = fields.Boolean(compute="_compute_can_convert", export_string_translation=False)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_convert(self):
        for case in self:
            case.can_convert = case.state in CONVERTIBLE and case._is_desk()

    def _need_complaint(self):
        if self.complaint_id:
            return []
        return [Missing(self.env._("use the button “Make It a Complaint”"), "action_convert")]

    def action_convert(self):
        """Open the dialog that makes the inquiry a complaint."""
        self.ensure_one()
        return self._dialog("water.convert.wizard", self.env._("Make It a Complaint"))

    def _convert_to_complaint(self, values, reason):
        """Register the complaint that the inquiry really is; the inquiry ends with it.

        The time of receipt goes along, so that the clocks start with the first contact, and so do
        the words, the customer, the files and the first responsible person. After an answer the
        complaint counts from today: the time of the question was met or missed with that answer.

        :param values: facts that an inquiry does not have: category, address, ``occurred_at``
            (naive UTC), demand, mood
        :param reason: what shows the dissatisfaction, required
        :raises UserError: without a reason or a required fact; the inquiry is unchanged then
        :return: the complaint
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if not strip_invisible(reason):
            raise UserError(self.env._("Say what shows that the customer is not satisfied."))
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk makes an inquiry a complaint."))
        if self.state not in CONVERTIBLE:
            raise UserError(self.env._("%s is too far on: reopen it first.", self.name))
        order = {name: self[name] for name in ORDER if self[name]}
        waits = order if self.external_state == "open" else {}
        complaint = self.env["water.complaint"].create(
            {**self._carried_values(), **waits, **values}
        )
        complaint._check_facts()
        # one contact came in once, as the complaint that it is; what had been answered, twice
        is_one = complaint.received_at == self.received_at
        trusted(self).write({"complaint_id": complaint.id, "is_follow_up": is_one})
        if order:  # its body hears through the complaint from now on
            self._carry_order(complaint)
        complaint._log_events("converted_from", {"number": self.name, "reason": reason})
        complaint._take_along(self, CONVERTED)
        complaint._carry_on(self)
        self._carry_files(complaint)
        self._carry_wish(complaint)
        self._carry_promises(complaint)
        # sudo: inquiry - a step that the system takes alone, checked above
        self.sudo()._move_to("converted")
        self._log_events("converted", {"number": complaint.name, "reason": reason})
        return complaint

    def _carried_values(self):
        facts = self._values_along(CONVERTED, self.env["water.complaint"])
        people = {
            "first_responsible_id": self.first_responsible_id.id or self.env.uid,
            "user_id": self.first_responsible_id.id or self.env.uid,
        }
        told = self.state == "answered" and self.external_state != "open"
        if told:
            facts.pop("received_at")
        return facts | people

    def _carry_order(self, complaint):
        """Answer an order there as well, and let it come again to the complaint."""
        rounds = {name: self[name] for name in ROUNDS}
        if self.external_state != "open":
            told = {name: self[name] for name in (*ORDER, *ANSWERED_ORDER)}
            rounds |= told | {"external_signed_by_id": self.external_signed_by_id.id}
        trusted(complaint).write(rounds)
        trusted(self).write({"external_state": False})
        self.sudo()._external_clocks()._void()

    def _carry_files(self, complaint):
        # sudo: ir.attachment - files of a case that the user may write
        files = self.env["ir.attachment"].sudo()
        here = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)]
        shown = self.sudo().published_attachment_ids
        for file in files.search(here):
            copy = file.copy({"res_model": complaint._name, "res_id": complaint.id})
            if file in shown:
                complaint.sudo()._publish(copy)

    def _carry_wish(self, complaint):
        now = fields.Datetime.now()
        for call in self.sudo()._open_calls("requested"):
            call._void("cancelled")
            due = call.due_at if call.due_at > now else None
            complaint._request_callback(max(call.wished_at, now), call.note, due)

    def _carry_promises(self, complaint):
        """Carry open promises to the complaint."""
        promises = (
            self.sudo()
            ._open_clocks()
            .filtered(
                lambda row: (
                    row.kind == "promise"
                    and row.state in ("running", "paused")
                    and not row._is_appointment()
                )
            )
        )
        clocks = self.env["water.deadline"]
        names = [*CLOCK_FACTS, "kind", "calendar_id"]
        link = clocks._case_field(complaint._name)
        begin = {link: complaint.id, "next_check_at": fields.Datetime.now()}
        rows = promises._read_format(names, load=None)
        clocks._start([{**row, **begin, "planned_due_at": row["due_at"]} for row in rows])

    def _stage_words(self):
        if self.state != "converted":
            return super()._stage_words()
        # sudo: water.complaint - the number alone, by which its customer asks for it
        number = self.sudo().complaint_id.name
        return self.env._("We handle it as a complaint, under the number %s.", number)

    def _born_of_it(self):
        return [*super()._born_of_it(), self.complaint_id]

    def _portal_continued(self):
        return self.complaint_id or super()._portal_continued()

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state == "converted":
            self.sudo().dispatch_ids._cancel()
            self._cancel_visits()
            self.sudo()._open_clocks()._void()
