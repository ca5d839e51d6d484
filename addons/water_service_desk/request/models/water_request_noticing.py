from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import AGENT, QUALITY
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import strip_invisible
from ...case.transitions import Missing
from .water_request import ANSWERS, SATISFACTION

#: Tries before a customer counts as unreachable (S2.3.3a).
ATTEMPTS = 3


class WaterRequest(models.Model):
    """Tells a customer everything at once, and asks for delays and refusals (S2.3.2b, c)."""

    _inherit = "water.request"

    feedback_ids = fields.One2many("water.request.feedback", "request_id")
    fed_back_at = fields.Datetime(
        string="Result Told at", readonly=True, copy=False, index="btree_not_null"
    )
    satisfaction = fields.Selection(
        SATISFACTION,
        readonly=True,
        copy=False,
        help="Unreachable and refused never count as satisfied (S2.3.3b).",
        water_package=True,
    )
    satisfaction_reason = fields.Char(
        string="Reason of Dissatisfaction", readonly=True, copy=False, water_package=True
    )
    satisfaction_asked_by_id = fields.Many2one(
        "res.users", string="Satisfaction Asked by", readonly=True, copy=False
    )

    notice_ids = fields.One2many("water.request.notice", "request_id", string="Notices")
    notice_issued_at = fields.Datetime(
        string="Told Everything at",
        readonly=True,
        copy=False,
        help="When the customer was told all materials, steps, fees and limits (一次性告知).",
    )
    notice_number = fields.Char(compute="_compute_notice", export_string_translation=False)
    is_acknowledged = fields.Boolean(compute="_compute_notice", export_string_translation=False)
    notice_count = fields.Integer(string="Number of Notices", compute="_compute_notice")
    decision_ids = fields.One2many(
        "water.request.decision", "request_id", string="Delays and Refusals"
    )
    decision_count = fields.Integer(string="Number of Decisions", compute="_compute_decision_count")
    waits_for_decision = fields.Boolean(
        compute="_compute_decision_count", export_string_translation=False
    )

    @api.depends("notice_ids.acknowledged_at")
    def _compute_notice(self):
        for case in self:
            # sudo: water.request.notice - that there is one is no secret of the case
            notices = case.sudo().notice_ids
            notice = notices.filtered(lambda row: row.kind == "instruction")
            case.notice_number = notice.name
            case.is_acknowledged = bool(notice.acknowledged_at)
            case.notice_count = len(notices)

    @api.depends("decision_ids.state")
    def _compute_decision_count(self):
        for case in self:
            # sudo: water.request.decision - that one waits is no secret of the case
            decisions = case.sudo().decision_ids
            case.decision_count = len(decisions)
            case.waits_for_decision = "requested" in decisions.mapped("state")

    # -- everything at once -----------------------------------------------------------------------

    def _need_notice(self):
        if self.notice_issued_at:
            return []
        return [Missing(self.env._("issue the notice first"), "material_ids")]

    def _issue_notice(self):
        """Tell the customer all materials, steps, fees, limits and grounds of refusal at once.

        :raises UserError: for a repair, without a guide, or when facts are missing
        :return: water.request.notice
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_desk():
            raise AccessError(self.env._("Only service agents issue notices."))
        self._check_issuable()
        content = self.with_context(lang=self._customer_lang())._notice_content()
        notice = self.env["water.request.notice"]._issue(self, "instruction", content)
        trusted(self).notice_issued_at = notice.issued_at
        self._log_events("notice_issued", {"number": notice.name, **self._guide_payload()})
        self._move_to("notified")
        return notice.with_env(self.env)

    def _check_issuable(self):
        if self.request_type != "business" or not self.guide_id:
            raise UserError(self.env._("Choose the guide of the business first."))
        if self.state != "registered" or self.notice_issued_at:
            raise UserError(self.env._("The customer has been told everything at once already."))
        missing = self._need_facts()
        if missing:
            raise UserError("\n".join(missing))

    def _notice_content(self):
        """The words of the notice in the language of the environment, free of records."""
        # sudo: water.guide - the customer is told all of it
        case = self.sudo()
        guide = case.guide_id
        kinds = dict(case.material_ids._fields["kind"]._description_selection(case.env))
        return {
            "business": guide.name,
            "guide": guide.code,
            "version": guide.version,
            "materials": [
                {
                    "name": row.name,
                    "kind": kinds[row.kind],
                    "copies": row.copies,
                    "mandatory": row.mandatory,
                    "note": row.note or "",
                }
                for row in case.material_ids
            ],
            "steps": [
                {"name": step.name, "limit": step._limit_text(), "note": step.note or ""}
                for step in guide.step_ids
            ],
            "fees": [
                {
                    "name": fee.name,
                    "amount": fee._amount_text(),
                    "basis": fee.basis,
                    "note": "" if fee.is_variable else fee.note or "",
                }
                for fee in guide.fee_ids
            ],
            "limit": case._limit_words(),
            "eligibility": guide.eligibility or "",
            "refusal": guide.refusal_grounds or "",
            "where": guide.where_to_apply or "",
        }

    def _limit_words(self):
        """How long it takes from the acceptance on, by the promise and by law."""
        office = self.company_id._water_calendar()
        lines = [line for line in self._standard_lines(office) if line.kind == "close"]
        guide, parts = self.guide_id, []
        if lines:
            units = dict(
                self.env["water.standard.line"]._fields["unit"]._description_selection(self.env)
            )
            parts.append(
                self.env._(
                    "We promise: %(amount)g %(unit)s, counted from the day after your complete"
                    " application has been accepted.",
                    amount=lines[0].amount,
                    unit=units[lines[0].unit],
                )
            )
        if guide.statutory_days:
            parts.append(self.env._("Legal limit: %s working days.", guide.statutory_days))
        if guide.limit_basis:
            parts.append(self.env._("Basis: %s.", guide.limit_basis))
        glue = "" if (self.env.lang or "")[:2] == "zh" else " "
        return glue.join(parts)

    # -- delays and refusals --------------------------------------------------------------------

    def _check_pausing(self, clock):
        """Require reason code, alternative and notice for more time (S2.3.2c)."""
        super()._check_pausing(clock)
        if clock.kind == "close" and not clock.visit_id:
            if not self.env["water.request.decision"]._is_deciding(self.env):
                raise UserError(self.env._("Ask for a delay with the button of the request."))

    def _tell_customer_of_delay(self, clock, pause):
        if not self.env["water.request.decision"]._is_deciding(self.env):
            return super()._tell_customer_of_delay(clock, pause)
        return None  # the notice of the decision tells it

    def _ask_decision(self, kind, reason, alternative, note=False, amount=0, unit="working_day"):
        """Ask a supervisor for more time or for a refusal.

        :param kind: ``delay`` or ``refusal``
        :param reason: water.request.reason
        :param alternative: offer to the customer, required
        :param note: the reason in the customer's words
        :param amount: of a delay, in ``unit`` of a time limit
        :raises UserError: without an alternative; for a delay without a running clock, or too late
        :return: water.request.decision
        """
        self.ensure_one()
        self.check_access("write")
        self._check_clerk()
        return self.env["water.request.decision"]._ask(
            self,
            {
                "kind": kind,
                "reason_id": reason.id,
                "alternative": alternative,
                "note": note,
                "amount": amount if kind == "delay" else 0,
                "unit": unit if kind == "delay" else False,
            },
        )

    def _decision_content(self, decision):
        """The words of a notice of delay or refusal, in the environment's language.

        :param decision: water.request.decision that was approved
        """
        case, decision = self.sudo(), decision.sudo().with_env(self.sudo().env)
        return {
            "business": case.guide_id.name or case.category_id.name,
            "reason": decision.reason_id.name,
            "note": decision.note or "",
            "alternative": decision.alternative,
            "old_due": case._customer_time(decision.old_due_at),
            "new_due": case._customer_time(decision.new_due_at),
        }

    def _need_refusal(self):
        refused = self.sudo().decision_ids.filtered(
            lambda row: row.kind == "refusal" and row.state == "approved"
        )
        words = self.env._("a refusal is asked for with its reason and approved first")
        return [] if refused else [Missing(words, "action_refuse")]

    def _refusal_payload(self):
        decision = self.sudo().decision_ids.filtered(
            lambda row: row.kind == "refusal" and row.state == "approved"
        )[:1]
        return {"reason": decision.reason_id.code or "", "alternative": decision.alternative or ""}

    # -- telling -------------------------------------------------------------------------------
    # Tells the result, asks how satisfied the customer is, and says goodbye (S2.3.3, S2.3.4).

    # -- requirements ---------------------------------------------------------------------------

    def _need_feedback(self):
        """Require that the result was told, or three attempts are logged (S2.3.3a)."""
        if self.fed_back_at or self.is_anonymous or self._is_unreachable():
            return []
        words = self.env._(
            "tell the customer the result, or record %(count)s tries to reach them", count=ATTEMPTS
        )
        return [Missing(words, "action_feedback")]

    def _is_unreachable(self):
        """Return whether enough attempts were made since the work ended."""
        tries = self.sudo().feedback_ids.filtered(
            lambda row: row.outcome != "told" and row.at >= (self.finished_at or row.at)
        )
        return len(tries) >= ATTEMPTS

    def _need_satisfaction(self):
        if self.satisfaction or self.is_anonymous:
            return []
        return [Missing(self.env._("ask how satisfied the customer is"), "action_feedback")]

    def _need_goodbye(self):
        if self.said_goodbye or self.is_anonymous:
            return []
        words = self.env._("ask whether there is anything else, and thank the customer")
        return [Missing(words, "action_close")]

    # -- telling --------------------------------------------------------------------------------

    def _tell_result(self, channel, outcome, told_to=False, note=False):
        """Record an attempt to tell the customer the result.

        The mail is sent with the first one; after three failed ones the customer counts as
        unreachable.

        :param channel: value of ``water.request.feedback.channel``
        :param outcome: value of ``water.request.feedback.outcome``
        :param told_to: who was told; the contact by default
        :raises UserError: before there is a result
        """
        self.ensure_one()
        self._check_teller()
        if self.state != "feedback":
            raise UserError(self.env._("There is no result yet that could be told."))
        now = fields.Datetime.now()
        told = outcome == "told"
        words = (note or "", told and self.result or "")
        self.env["water.forbidden.phrase"]._say(self, "\n".join(words), "feedback")
        listener = told and (strip_invisible(told_to) or self.sudo().contact_name) or False
        # sudo: water.request.feedback - written by this checked service alone
        trusted(self.env["water.request.feedback"].sudo()).create(
            {
                "request_id": self.id,
                "at": now,
                "user_id": self.env.uid,
                "channel": channel,
                "outcome": outcome,
                "told_to": listener,
                "note": note,
            }
        )
        payload = {"channel": channel, "outcome": outcome, "note": note or ""}
        self._log_events("fed_back" if told else "feedback_tried", payload)
        self._after_try(told, channel, now)

    def _after_try(self, told, channel, now):
        if told:
            trusted(self).fed_back_at = self.fed_back_at or now
            if channel == "email":
                self._send_to_customer(self.env.ref("water_service_desk.mail_template_result"))
        elif self._is_unreachable() and not self.fed_back_at and not self.satisfaction:
            self._log_events("unreachable", {"attempts": ATTEMPTS})
            trusted(self).satisfaction = "unreachable"

    def _check_teller(self):
        self.check_access("write")
        groups = (AGENT, QUALITY)
        if not (self.env.su or any(map(self.env.user.has_group, groups))):
            raise AccessError(self.env._("Only the service desk tells customers the result."))

    def _ask_satisfaction(self, satisfaction, reason=False):
        """Record the customer's satisfaction, or that there was no answer.

        :param satisfaction: value of the field
        :param reason: why not, required from a dissatisfied customer
        :raises UserError: by users who did the work, or before the result was told
        """
        self.ensure_one()
        self._check_teller()
        if self.state != "feedback":
            raise UserError(self.env._("Ask after the result has been told."))
        if satisfaction in ANSWERS and not self.fed_back_at:
            raise UserError(self.env._("Tell the customer the result before you ask."))
        if satisfaction == "unreachable" and not self._is_unreachable():
            raise UserError(
                self.env._("Unreachable only after %(count)s attempts.", count=ATTEMPTS)
            )
        if satisfaction == "dissatisfied" and not strip_invisible(reason):
            raise UserError(self.env._("Write down why the customer is dissatisfied."))
        if self.env.user in self._field_workers() and not self.env.su:
            raise UserError(self.env._("The person who did the work cannot ask for a rating."))
        self._keep_satisfaction(satisfaction, reason)

    def _keep_satisfaction(self, satisfaction, reason):
        trusted(self).write(
            {
                "satisfaction": satisfaction,
                "satisfaction_reason": reason or False,
                "satisfaction_asked_by_id": self.env.uid,
            }
        )
        self._log_events("satisfaction", {"satisfaction": satisfaction, "reason": reason or ""})
        if satisfaction == "dissatisfied":
            self._tell_dissatisfied()

    def _workers(self):
        return super()._workers() | self.sudo().visit_ids.user_id

    def _tell_dissatisfied(self):
        case = self.sudo()
        tell_staff(
            case,
            case.department_id.manager_id | case._acting_responsible(),
            lambda row: row.env._("%(case)s: the customer is dissatisfied", case=row.name),
        )

    # -- the end --------------------------------------------------------------------------------

    def _close_politely(self):
        self._check_teller()
        return super()._close_politely()

    def _closing_payload(self):
        return {"satisfaction": self.satisfaction or "", "told": bool(self.fed_back_at)}
