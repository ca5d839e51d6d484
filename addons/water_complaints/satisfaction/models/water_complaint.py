import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_date

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.true_only import true_only
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.intake.filing import FilingError, clean_text
from odoo.addons.water_service_desk.portal.actions import PortalAction

from ...appeal.models.water_appeal import OPEN_STATES

_lt = LazyTranslate(__name__)

#: Customers with an open appeal are not asked.
NOT_APPEALED = Domain("appeal_ids", "not any", [("state", "in", OPEN_STATES)])
MARKS = ("1", "2", "3", "4", "5")
_logger = logging.getLogger(__name__)
SCORES = [("5", "5"), ("4", "4"), ("3", "3"), ("2", "2"), ("1", "1")]
#: Scores that say that the customer is not satisfied.
LOW_SCORES = ("1", "2")
#: Complaints asked about per run of the scheduled action.
ASK_BATCH = 200
#: The customer's answer about the result; read-only afterwards.
ANSWER_FIELDS = frozenset(
    {"confirm_mode", "satisfaction_result", "satisfaction_process", "customer_remark"}
)


class WaterComplaint(models.Model):
    """Steps after a customer is dissatisfied or silent (S3.2.3d, S3.2.4a, E4).

    A silent customer is asked once more, then the complaint is closed as unanswered: never as
    satisfied.
    """

    _inherit = "water.complaint"

    _counters = {"review_count": "water.satisfaction.review"}

    _transitions = {
        ("notified", "confirmed"): Move(needs=("_need_confirmation",)),
        ("confirmed", "archived"): Move(needs=("_need_looked_at",)),
        ("callback", "archived"): Move(needs=("_need_looked_at",)),
    }

    confirm_mode = fields.Selection(
        [
            ("portal", "On the customer's page"),
            ("oral", "By word of mouth"),
            ("signed", "Signature"),
            ("reply", "Mail or message"),
            ("unanswered", "No answer"),
        ],
        string="Confirmed by",
        copy=False,
        water_package=True,
    )
    satisfaction_result = fields.Selection(
        SCORES, string="Satisfied with the Result", copy=False, water_package=True
    )
    satisfaction_process = fields.Selection(
        SCORES, string="Satisfied with the Handling", copy=False, water_package=True
    )
    customer_remark = fields.Text(
        copy=False, help="What the customer said of the result.", water_package=True
    )
    review_ids = fields.One2many(
        "water.satisfaction.review", "complaint_id", string="Reviews of Dissatisfaction"
    )
    review_count = fields.Integer(string="Number of Reviews", compute="_compute_counts")
    has_open_review = fields.Boolean(
        compute="_compute_has_open_review", export_string_translation=False
    )
    asked_again_at = fields.Datetime(
        string="Asked Once More",
        readonly=True,
        copy=False,
        help="The customer had not said whether they are content, and was asked once more.",
    )
    is_unconfirmed = fields.Boolean(
        string="Unconfirmed", compute="_compute_is_unconfirmed", search="_search_is_unconfirmed"
    )

    _unconfirmed_idx = models.Index("(notified_at, id) WHERE state = 'notified'")

    @api.depends_context("uid")
    def _compute_has_open_review(self):
        # sudo: water.satisfaction.review - handlers of the case may know that one is open
        reviews = self.sudo().review_ids.filtered(lambda review: review.state == "open")
        unhappy = set(reviews.complaint_id._origin.ids)
        for case in self:
            case.has_open_review = case._origin.id in unhappy

    @api.depends("state", "confirm_mode", "asked_again_at")
    def _compute_is_unconfirmed(self):
        for case in self:
            asked = case.state == "notified" and case.asked_again_at
            case.is_unconfirmed = bool(asked) or case.confirm_mode == "unanswered"

    @api.model
    @true_only
    def _search_is_unconfirmed(self):
        asked = ["&", ("state", "=", "notified"), ("asked_again_at", "!=", False)]
        return ["|", ("confirm_mode", "=", "unanswered"), *asked]

    def _handlers(self):
        """Return all users whose work the customer judges."""
        return self._workers() | self._field_workers()

    # -- guards -------------------------------------------------------------------------------

    def _check_write(self, vals):
        super()._check_write(vals)
        if ANSWER_FIELDS & vals.keys() and any(case.state != "notified" for case in self):
            raise UserError(self.env._("The customer's answer is recorded once, after the notice."))

    @api.model
    def _readonly_on_create(self):
        return super()._readonly_on_create() | ANSWER_FIELDS

    # -- rating by the customer -----------------------------------------------------------------

    def _confirm_result(self, mode, result=None, process=None, remark=None):
        """Record the customer's confirmation and close the complaint (S3.2.3d).

        :param mode: a value of ``confirm_mode``
        :param result: satisfaction with the result, ``"1"`` to ``"5"``
        :param process: satisfaction with the handling, ``"1"`` to ``"5"``
        :param remark: the customer's words
        :raises UserError: if the result was not notified, or the score is missing
        """
        for case in self:
            case.write(
                {
                    "confirm_mode": mode,
                    "satisfaction_result": result,
                    "satisfaction_process": process,
                    "customer_remark": remark,
                    "state": "confirmed",
                }
            )

    def _contest_result(self, remark):
        """Record that the customer rejects the result: back to handling, counted, with new clocks.

        :param remark: the customer's reason, required
        :raises UserError: without a reason, or without a result to reject
        """
        if not strip_invisible(remark):
            raise UserError(self.env._("Say what is not right with the result."))
        if any(case.state != "notified" for case in self):
            raise UserError(self.env._("There is no result that could be rejected."))
        self._check_appeal_over()
        for case in self:
            case.write({"customer_remark": remark})
            localized = case.with_context(lang=case.company_id.partner_id.lang)
            note = localized.env._("The customer is not satisfied with the result: %s", remark)
            case._handle_again(None, note, ("handling",))
        self._log_events("contested", {"remark": remark})
        self._after_contested()

    # -- not content --------------------------------------------------------------------------

    def _clocks_of_work(self):
        """Keep the clocks of reviews when the case closes again."""
        return super()._clocks_of_work().filtered(lambda clock: not clock.review_id)

    def _clocks_of_case(self):
        return super()._clocks_of_case().filtered(lambda clock: not clock.review_id)

    def _is_dissatisfied(self):
        return bool({self.satisfaction_result, self.satisfaction_process} & set(LOW_SCORES))

    def _after_confirmed(self, origins):
        super()._after_confirmed(origins)
        unhappy = self.filtered(lambda case: case._is_dissatisfied())
        self.env["water.satisfaction.review"]._open_for(unhappy, "score")

    def _after_contested(self):
        """Have a supervisor review the rejected result while it is handled again."""
        self.env["water.satisfaction.review"]._open_for(self, "contested")
        self._send_to_customer(self.env.ref("water_complaints.mail_template_dissatisfied"))

    def _on_callback_done(self, callback):
        super()._on_callback_done(callback)
        low = callback.score in LOW_SCORES or callback.outcome == "not_solved"
        if callback.kind == "follow_up" and low:
            self.env["water.satisfaction.review"]._open_for(self, "callback")

    def _barred_handlers(self):
        return super()._barred_handlers() | self.sudo().review_ids.former_handler_ids

    def _send_stage_mail(self):
        """Send no thanks to dissatisfied or silent customers, but their rights and our
        next step.
        """
        confirmed = self.filtered(lambda case: case.state == "confirmed")
        unhappy = confirmed.filtered(lambda case: case._is_dissatisfied())
        silent = (confirmed - unhappy).filtered(lambda case: case.confirm_mode == "unanswered")
        told = ((unhappy, "mail_template_dissatisfied"), (silent, "mail_template_unanswered"))
        for cases, name in told:
            if cases:  # most steps tell neither
                cases._send_to_customer(self.env.ref(f"water_complaints.{name}"))
        super(WaterComplaint, self - unhappy - silent)._send_stage_mail()

    def _need_looked_at(self):
        """Require that reviews of dissatisfaction, also of merged complaints, are done before
        archiving.
        """
        reviews = (self.sudo() | self._merged_cases()).review_ids
        if not reviews.filtered(lambda row: row.state == "open"):
            return []
        words = self.env._("look at why the customer is not satisfied first")
        return [Missing(words, "action_open_reviews")]

    def _customer_appeal_right(self):
        """The right to appeal with its last day, as a sentence; none where it is over."""
        day = self._appeal_last_day()
        if not day:
            return ""
        return self.env._(
            "If you do not agree with our answer, you have the right to a review by people who "
            "were not involved. Ask for it by %(day)s: %(ways)s.",
            day=format_date(self.env, day, date_format="long"),
            ways=self.company_id._water_ways(),
        )

    def action_open_reviews(self):
        """Open the reviews of the customer's dissatisfaction, also of merged complaints."""
        self.ensure_one()
        self.check_access("read")
        # sudo: complaint - which ones are meant; the rules of reviews say which of them are shown
        here = [("complaint_id", "in", (self.sudo() | self._merged_cases()).ids)]
        title = self.env._("Reviews of Dissatisfaction")
        return windows.rows("water.satisfaction.review", title, here, {"create": False})

    # -- no answer ----------------------------------------------------------------------------

    @api.model
    def _cron_confirm(self):
        """Scheduled action: ask once more for the customer's answer, then close as unanswered."""
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([("water_confirm_days", ">", 0)]):
            before = now - timedelta(days=company.water_confirm_days)
            told = Domain("state", "=", "notified") & Domain("company_id", "=", company.id)
            decided = Domain("appeal_ids", "any", [("decided_at", ">", before)])
            waiting = told & NOT_APPEALED & ~decided
            fresh = Domain("notified_at", "<=", before) & Domain("asked_again_at", "=", False)
            self._in_batches(waiting & fresh, "_ask_again")
            again = Domain("asked_again_at", "<=", before)
            self._in_batches(waiting & again, "_close_unanswered")

    @api.model
    def _in_batches(self, domain, step):
        """Take ``step`` with each complaint of ``domain``; one that fails is left out, told of."""
        cases = self.search(domain, limit=ASK_BATCH, order="id").try_lock_for_update(
            allow_referencing=True
        )
        done = 0
        for case in cases:
            try:
                with self.env.cr.savepoint():
                    getattr(case, step)()
                done += 1
            except Exception:  # reported, the others go on
                _logger.exception("The complaint %s could not be followed up", case.id)
        self.env["ir.cron"]._commit_progress(done)

    def _ask_again(self):
        trusted(self).asked_again_at = fields.Datetime.now()
        self._log_events("asked_again")
        self._send_to_customer(self.env.ref("water_complaints.mail_template_ask_again"))

    def _customer_confirm_day(self):
        last = (self.asked_again_at or fields.Datetime.now()) + timedelta(
            days=self.company_id.water_confirm_days
        )
        here = self.with_context(tz=self._customer_tz())
        day = fields.Datetime.context_timestamp(here, last).date()
        return format_date(self.env, day, date_format="long")

    def _close_unanswered(self):
        if not self._who_waits():  # an open review or appeal: the case stays open
            self._confirm_result("unanswered")

    def action_confirm(self):
        """Open the dialog that records the customer's confirmation (S3.2.3d)."""
        return self._dialog("water.confirm.wizard", self.env._("Confirmation"))

    def action_contest(self):
        """Open the dialog that records that the customer rejects the result."""
        return self._dialog(
            "water.confirm.wizard", self.env._("Result Rejected"), default_contested=True
        )

    def _need_confirmation(self):
        if not self.confirm_mode:
            words = self.env._("record how the customer confirmed the result")
            return [Missing(words, "action_confirm")]
        if self.confirm_mode != "unanswered" and not self.satisfaction_result:
            return [Missing(self.env._("record how satisfied the customer is"), "action_confirm")]
        return []

    # -- portal --------------------------------------------------------------------------------
    # Confirming, rating or rejecting the result on the customer's page (S3.2.3d).

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "contested": self.env._("You did not agree with the result"),
        }

    _customer_actions = {
        "confirm": PortalAction(
            "_portal_confirm",
            done=_lt("Thank you for your confirmation and your rating."),
            by_delegate=_lt("has confirmed the result"),
            asks=_lt("Read our notice, then confirm the result or reject it"),
            place="water_notices",
            api="confirm",
            outcomes={
                "confirm_low": _lt(
                    "We have kept your rating and are sorry that you are not satisfied. A"
                    " supervisor looks at it within one working day and tells you what follows."
                )
            },
        ),
        "contest": PortalAction(
            "_portal_contest",
            done=_lt("We are sorry. We take the matter up again."),
            by_delegate=_lt("has rejected the result"),
            api="contest",
        ),
    }

    def _portal_outcome(self, action):
        low = action == "confirm" and self._is_dissatisfied()
        return "confirm_low" if low else super()._portal_outcome(action)

    def _portal_can(self, action):
        if action in ("confirm", "contest"):
            return self.state == "notified" and not self.sudo()._open_appeal()
        return super()._portal_can(action)

    @api.model
    def _portal_waiting_domain(self):
        return Domain("state", "=", "notified") & NOT_APPEALED

    def _portal_confirm(self, values, files=()):
        """The customer accepts the result and rates it: both scores are needed."""
        remark = self._optional_text(values, "remark")
        scores = {name: clean_text(values.get(name)) for name in ("result", "process")}
        messages = {
            "result": self.env._("Choose one to five stars for the result."),
            "process": self.env._("Choose one to five stars for the handling."),
        }
        errors = {name: messages[name] for name, score in scores.items() if score not in MARKS}
        if errors:
            raise FilingError(errors)
        self._confirm_result("portal", scores["result"], scores["process"], remark or False)
        if remark:
            self._post_from_customer(remark)

    def _portal_contest(self, values, files=()):
        message = self.env._("Tell us what is not right with the result.")
        remark = self._need_text(values, "reason", message)
        self._contest_result(remark)
        self._post_from_customer(remark)

    def _portal_rating(self):
        scores = (self.satisfaction_result, self.satisfaction_process)
        if not self.confirmed_at or not all(scores):
            return ""
        return self.env._(
            "Your rating: %(result)s of 5 for the result, %(process)s of 5 for the handling.",
            result=scores[0],
            process=scores[1],
        )

    def _portal_page(self):
        return super()._portal_page() | {"rating": self._portal_rating()}
