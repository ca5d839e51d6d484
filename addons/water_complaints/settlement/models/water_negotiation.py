from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.base.moments import CLOCK_SKEW
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: Fields that are still editable while the customer considers an offer.
ANSWER_FIELDS = frozenset(
    {"answer", "customer_view", "counter_offer", "next_step", "next_on", "settlement"}
)


class WaterNegotiation(models.Model):
    """A round of negotiation (沟通协商, S3.2.3b): the offer, the customer's opinion, the next step.

    A round is a contact with the customer; once answered it is read-only.
    """

    _name = "water.negotiation"
    _inherit = ["water.complaint.part.mixin", "water.mixin"]
    _description = "Round of Negotiation"
    _order = "complaint_id desc, number desc, id desc"

    number = fields.Integer(string="Round", readonly=True, copy=False, aggregator=None)
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Talked by",
        required=True,
        default=lambda self: self.env.uid,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    medium = fields.Selection(
        [
            ("phone", "Phone"),
            ("visit", "Visit"),
            ("counter", "Counter"),
            ("mail", "Mail or message"),
        ],
        string="How",
        required=True,
        default="phone",
    )
    resolution_id = fields.Many2one(
        "water.resolution",
        string="Plan Offered",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id), ('state', '=', 'proposed')]",
    )
    offer = fields.Text(string="What We Offered", required=True)
    customer_view = fields.Text(string="What the Customer Thinks")
    answer = fields.Selection(
        [
            ("open", "Thinks it over"),
            ("accepted", "Accepted"),
            ("counter", "Counter-offer"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="open",
        index=True,
    )
    counter_offer = fields.Text(help="What the customer asks for instead.")
    next_step = fields.Char()
    next_on = fields.Date(string="Next Step on", index="btree_not_null")
    settlement = fields.Text(help="What both sides have agreed on, word for word.")
    answered_at = fields.Datetime(readonly=True, copy=False)
    is_last = fields.Boolean(string="Latest Round", readonly=True, copy=False)
    can_answer = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _number_uniq = models.Constraint(
        "UNIQUE (complaint_id, number)", "The complaint has this round already."
    )
    _waiting_idx = models.Index("(next_on, id) WHERE is_last IS TRUE AND answer <> 'accepted'")

    # -- computes and constraints ---------------------------------------------------------

    @api.depends("number", "at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._("Round %s", row.number)

    @api.depends("answer", "complaint_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        for row in self:
            row.can_answer = row.answer == "open" and row.complaint_id.is_investigator

    @api.constrains("at", "complaint_id")
    def _check_time(self):
        latest = fields.Datetime.now() + CLOCK_SKEW
        for row in self:
            if row.at > latest:
                raise ValidationError(self.env._("A talk that is yet to come is no round."))
            case = row.complaint_id.sudo()
            # a machine whose clock is ahead may have written the receipt; the database has one
            if row.at < min(case.received_at, case.create_date):
                raise ValidationError(
                    self.env._("Negotiations cannot begin before the complaint was received.")
                )

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._give_numbers()
        for row in rows:
            row._check_round()
            row._log_talk()
        rows.filtered(lambda row: row.answer != "open")._settle()
        return rows

    def write(self, vals):
        answered = self.filtered(lambda row: row.answer == "open")
        result = super().write(vals)
        if not is_trusted(self.env):
            for row in self:
                row._check_round()
            answered = answered.filtered(lambda row: row.answer != "open")
            for row in answered:
                row.complaint_id._log_events("negotiated", row._payload())
            answered._settle()
        return result

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if any(row.answer != "open" for row in self):
            raise UserError(
                self.env._("This round was answered and is not changed any more: add a new one.")
            )
        if set(names) - ANSWER_FIELDS:
            raise UserError(
                self.env._("What was offered, when and by whom stays as it was written down.")
            )

    def _give_numbers(self):
        """Rounds count from 1 for each complaint; the newest one is the last."""
        for complaint, rows in self.grouped("complaint_id").items():
            first = self._last_of(complaint, "number") + 1
            # sudo: water.negotiation - the previous round may have another author
            before = self.sudo().search(
                [("complaint_id", "=", complaint.id), ("is_last", "=", True)]
            )
            trusted(before).write({"is_last": False})
            for number, row in enumerate(trusted(rows.sudo()), first):
                row.write({"number": number, "is_last": row == rows[-1]})

    # -- what a round must say ------------------------------------------------------------

    def _check_round(self):
        """Require the text of each answer.

        :raises UserError: what is missing
        """
        missing = self._round_gaps()
        if missing:
            raise UserError("\n".join(missing))

    def _round_gaps(self):
        """Return what the round lacks, as sentences."""
        if self.resolution_id and self.resolution_id.complaint_id != self.complaint_id:
            return [self.env._("The plan belongs to another complaint.")]
        if self.answer == "accepted":
            return self._acceptance_gaps()
        checks = (
            (
                self.answer == "counter" and not strip_invisible(self.counter_offer),
                self.env._("Write down what the customer asks for instead."),
            ),
            (
                self.answer == "rejected" and not strip_invisible(self.customer_view),
                self.env._("Write down why the customer rejects the offer."),
            ),
            (
                not strip_invisible(self.next_step) or not self.next_on,
                self.env._("Say what comes next, and on which day."),
            ),
            (
                self.next_on and self.next_on < self._day_of_talk(),
                self.env._("The next step comes after the talk: choose its day."),
            ),
        )
        return [message for missing, message in checks if missing]

    def _day_of_talk(self):
        return self.complaint_id.company_id._water_today(self.at)

    def _acceptance_gaps(self):
        gaps = []
        if not self.resolution_id:
            gaps.append(self.env._("Choose the version of the plan that the customer accepts."))
        if not strip_invisible(self.settlement):
            gaps.append(self.env._("Write down what both sides have agreed on."))
        return gaps

    # -- what follows ---------------------------------------------------------------------

    def _log_talk(self):
        """Log the round as a contact with the customer (S3.2.3b)."""
        note = self.env._("Negotiated, round %(number)s", number=self.number)
        self.complaint_id._log_contact(note, self.at)
        self.complaint_id._log_events("negotiated", self._payload())

    def _payload(self):
        return {
            "round": self.number,
            "version": self.resolution_id.version or 0,
            "medium": self.medium,
            "offer": self.offer,
            "answer": self.answer,
            "view": self.customer_view or "",
            "counter": self.counter_offer or "",
            "settlement": self.settlement or "",
        }

    def _settle(self):
        now = fields.Datetime.now()
        for row in self:
            trusted(row.sudo()).answered_at = now
            if row.answer == "accepted":
                row.resolution_id._accept(row.settlement)
            elif row.answer == "rejected" and row.resolution_id:
                row.resolution_id._reject(row.customer_view)

    def action_answer(self):
        """Open the round to record the customer's answer."""
        self.ensure_one()
        return self.complaint_id._open_dialog(self, self.env._("Negotiation"))
