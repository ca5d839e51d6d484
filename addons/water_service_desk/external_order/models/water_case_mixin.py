from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.moments import is_late, short_writer
from ...base.roles import AGENT, SUPERVISOR
from ...base.trust import is_trusted, trusted
from ...base.words import said
from ...case.transitions import Missing, Move, Refusal


class WaterCaseMixin(models.AbstractModel):
    """An order of another body, such as the 12345 hotline (S3.2.1a).

    It has that body's own number; whoever takes it signs it (签收). It is answered to the body
    (回复) beside the answer to the customer, or returned within a limit (退回).
    """

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.counted.limit.mixin"]

    _counted_limit = "external_return_until"
    _counted_open = (("external_state", "=", "open"),)
    _technical = frozenset({"external_ref", "external_source"})

    _reactions = {
        "external_ref": ("_on_order",),
        "external_due_at": ("_on_order",),
        "external_return_until": ("_on_return_limit",),
    }

    #: {(state, state): Move}: who takes which step of an order
    _external_moves = {
        ("open", "answered"): Move(AGENT),
        ("open", "returned"): Move(SUPERVISOR, ("_need_return_time",)),
        ("answered", "open"): Move(AGENT),
        ("returned", "open"): Move(AGENT),
    }
    #: {state of the case: states it goes through when its order is returned}
    _return_path = {}

    external_source = fields.Char(
        string="Forwarded by", help="The body that forwarded the case, such as 12345."
    )
    external_issuer = fields.Char(
        string="Issuing Body", help="Who issued the order there, such as the city's hotline centre."
    )
    external_ref = fields.Char(string="External Number", copy=False, index="trigram")
    external_signed_at = fields.Datetime(
        string="Signed on", readonly=True, copy=False, help="When somebody here took the order."
    )
    external_signed_by_id = fields.Many2one(
        "res.users", string="Signed by", readonly=True, copy=False
    )
    external_return_until = fields.Datetime(
        string="Return until",
        compute="_compute_external_return_until",
        store=True,
        readonly=False,
        copy=False,
        help="An order that is not ours can be returned to the body until then.",
    )
    external_state = fields.Selection(
        [("open", "To answer"), ("answered", "Answered"), ("returned", "Given back")],
        string="External Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    external_return_reason = fields.Text(string="Why Returned", readonly=True, copy=False)
    external_return_basis = fields.Text(
        string="Legal Basis of the Return",
        readonly=True,
        copy=False,
        help="The law, rule or division of duties by which it is not ours.",
    )
    external_right_body = fields.Char(
        string="Rightly of",
        readonly=True,
        copy=False,
        help="The body or department whose matter it is.",
    )
    external_returned_at = fields.Datetime(string="Returned on", readonly=True, copy=False)
    external_answer = fields.Text(string="Answer to the Body", readonly=True, copy=False)
    external_answered_at = fields.Datetime(string="Answered on", readonly=True, copy=False)
    is_order_late = fields.Boolean(string="Order Overdue", compute="_compute_is_order_late")
    can_return_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)
    can_answer_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)

    _external_source_known = models.Constraint(
        "CHECK (external_ref IS NULL OR external_source IS NOT NULL)",
        "Name the body that the external number comes from.",
    )

    def _leaves_questions_open(self):
        """Orders bring what another body has asked."""
        return super()._leaves_questions_open() or bool(self.external_ref)

    @api.depends("external_ref")
    def _compute_external_return_until(self):
        """Two working days after receipt unless the company or the body says otherwise [C29]."""
        for case in self:
            until = case.external_ref and case.external_return_until
            if case.external_ref and not until:
                start, days, calendar = case._return_rule()
                until = calendar._water_due_at(start, days, "working_day")[0]
            case.external_return_until = until

    def _return_rule(self):
        """``(start, working days, calendar)`` of the time in which an order can be returned."""
        company = self.company_id.sudo()
        return self.received_at, company.water_return_days, company._water_calendar()

    def _on_return_limit(self, before, vals):
        """Whoever writes it down by hand knows better than our rule."""
        if not is_trusted(self.env):
            self._keep_return_rule()

    def _keep_return_rule(self):
        for case in self.filtered("external_return_until"):
            case._keep_count(*case._return_rule())

    @api.depends("external_state", "external_due_at")
    def _compute_is_order_late(self):
        now = fields.Datetime.now()
        for case in self:
            late = case.external_due_at and is_late(case.external_due_at, now)
            case.is_order_late = bool(late and case.external_state == "open")

    @api.depends("external_state", "stage_id")
    @api.depends_context("uid")
    def _compute_can_order(self):
        for case in self:
            case.can_return_order = (
                case._may_order("returned")
                and case.state in case._return_path
                and not case._need_return_time()
            )
            case.can_answer_order = case._may_order("answered")

    def _may_order(self, target):
        move = self._external_moves.get((self.external_state, target))
        return bool(move) and self._may_take(move)

    # -- requirements ----------------------------------------------------------------------

    def _need_external_answer(self):
        """An order with a number is answered to its body before the case is closed."""
        if self.external_ref and self.external_state == "open":
            words = self.env._("answer the order of %s first", self.external_source)
            return [Missing(words, "action_answer_order")]
        return []

    def _need_return_time(self):
        limit = self.external_return_until
        if limit and limit < fields.Datetime.now():
            words = self.env._("the time to return it is over since %s", self._local_time(limit))
            return [Missing(words, "external_due_at")]
        return []

    def _local_time(self, moment):
        """A moment in the reader's time zone, or the company's where he has none, for messages."""
        return short_writer(self.env, self.company_id._water_tz())(moment)

    def _check_order_move(self, target):
        """The step is in the table, for this user, and possible now.

        :raises UserError: with what is missing
        """
        for case in self:
            move = case._external_moves.get((case.external_state, target))
            if move is None:
                raise UserError(self.env._("%s: this step of the order is not due.", case.name))
            if not case._may_take(move):
                raise UserError(self.env._("This step is for: %s.", case._group_names(move.groups)))
            missing = [text for need in move.needs for text in getattr(case, need)()]
            if missing:
                raise Refusal(case.name, case, missing)

    # -- steps -----------------------------------------------------------------------------

    def _return_order(self, reason, basis=None, right_body=None):
        """The matter is not ours: give the order back to its body (退回), ending the case.

        A body sends on only what says by which rule it is not ours, and whose it is.

        :param reason: told to the body, required
        :param basis: law, rule or division of duties by which it is not ours, required
        :param right_body: body or department whose matter it is, required
        :raises UserError: too late, too far on, without one of them, or below supervisor
        """
        self._check_order_text(reason, self.env._("Say why the order is returned."))
        self._check_order_text(basis, self.env._("Name the legal basis of the return."))
        self._check_order_text(
            right_body, self.env._("Name the body or department whose matter it is.")
        )
        self._check_order_move("returned")
        for case in self:
            if case.state not in case._return_path:
                raise UserError(self.env._("%s: it is too far on to be returned.", case.name))
            case._prepare_return(reason)
            trusted(case).write(
                {
                    "external_state": "returned",
                    "external_return_reason": reason,
                    "external_return_basis": basis,
                    "external_right_body": right_body,
                    "external_returned_at": fields.Datetime.now(),
                }
            )
            payload = {"source": case.external_source or "", "reason": reason}
            payload |= {"basis": basis, "right_body": right_body}
            case._log_events("external_returned", payload)
            for state in case._return_path[case.state]:
                case._move_to(state)

    def _prepare_return(self, reason):
        """Hook: what the end of the case asks for."""

    def _ended_by(self):
        """What is given back to its body was not taken back by its customer."""
        return "company" if self.external_state == "returned" else super()._ended_by()

    def _stage_words(self):
        if self.state == "withdrawn" and self.external_state == "returned":
            return self.env._("Another body is in charge of it: we have given it back.")
        return super()._stage_words()

    def _answer_order(self, text):
        """Answer the order to its body (回复): meets the external clock.

        :param text: what the body is told, required
        """
        self._check_order_text(text, self.env._("Write what the body is told."))
        self._check_order_move("answered")
        now = fields.Datetime.now()
        trusted(self).write(
            {"external_state": "answered", "external_answer": text, "external_answered_at": now}
        )
        self._log_events(
            "external_answered",
            {
                case.id: {
                    "source": case.external_source or "",
                    "result": text,
                    "round": case.handling_round,
                }
                for case in self
            },
        )

    # -- taking it -------------------------------------------------------------------------

    def action_take(self):
        """Take the cases; taking an order signs it (签收)."""
        done = super().action_take()
        self._sign_orders()
        return done

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self.filtered("external_ref")._keep_return_rule()
        self._sign_orders()

    def _sign_orders(self):
        """The first who takes an order signs it for the house, once in each round."""
        mine = self.filtered(
            lambda case: (
                case.external_state == "open"
                and not case.external_signed_at
                and case.first_responsible_id
                and case.first_responsible_id == self.env.user
            )
        )
        mine._sign()

    def _sign(self):
        if self:
            now = fields.Datetime.now()
            trusted(self).write({"external_signed_at": now, "external_signed_by_id": self.env.uid})
            rounds = {case.id: {"round": case.handling_round} for case in self}
            self._log_events("external_signed", rounds)

    def _check_order_text(self, text, complaint):
        self.check_access("write")
        if not said(text):
            raise UserError(complaint)

    # -- buttons and the interface ---------------------------------------------------------

    def action_return_order(self):
        """Open the dialog that returns an order to its body."""
        return self._order_dialog("return", self.env._("Return the Order"))

    def action_answer_order(self):
        """Open the dialog that answers an order to its body."""
        return self._order_dialog("answer", self.env._("Answer the Order"))

    def _order_dialog(self, kind, title):
        text = self._draft_answer() if kind == "answer" and len(self) == 1 else False
        return self._dialog("water.external.wizard", title, default_kind=kind, default_text=text)

    def _draft_answer(self):
        """Hook: what the customer was told, as a draft for the body."""
        return False

    def _form_action(self):
        return windows.form(self)

    @api.model
    def import_orders(self, orders=None, source="12345"):
        """Register orders of another body, once each: calling again changes nothing.

        For integrations (``/json/2/<model>/import_orders``), in their channels alone, and agents;
        at most 500 at a time.

        :param orders: list of {field: text}; ``external_ref`` and ``description`` are needed,
            times are ISO 8601, without an offset in the company's time zone
        :param source: the body, unless an order names its own
        :raises AccessError: for anybody else
        :raises UserError: when it is no list of orders
        :return: for each order ``row``, ``external_ref``, ``result`` (created, unchanged, error),
            ``case`` (number) and ``reason``
        """
        service, channels = self.env["water.order.import"]._for_importer(self)
        if not isinstance(orders, list) or not all(isinstance(row, dict) for row in orders):
            raise UserError(self.env._("Give the orders as a list of objects."))
        if len(orders) > 500:
            raise UserError(self.env._("At most %s orders at a time.", 500))
        results = service._import(orders, {"external_source": source}, self._name, channels)
        return [{key: row[key] for key in row if key not in ("id", "model")} for row in results]

    @api.model
    def _prepare_new(self, vals_list):
        super()._prepare_new(vals_list)
        for vals in vals_list:
            if vals.get("external_ref") or vals.get("external_due_at"):
                vals["external_state"] = "open"

    def _on_order(self, before, vals):
        """A number or a limit of another body makes an order of the case, and starts its clock."""
        if vals.get("external_ref") or vals.get("external_due_at"):
            fresh = self.filtered(lambda case: not case.external_state)
            trusted(fresh).write({"external_state": "open"})
            fresh._keep_return_rule()
            if not is_trusted(self.env):
                self._sign_orders()
        if vals.get("external_due_at"):
            self.filtered(lambda case: case.external_state == "open")._start_external_clock()
