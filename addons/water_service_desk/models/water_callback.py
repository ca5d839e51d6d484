from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.trust import is_trusted, trusted

#: Tries before a customer counts as unreachable (S2.3.3a).
ATTEMPTS = 3


class WaterCallback(models.Model):
    """A call to the customer after the work (回访), made by someone who did not do it."""

    _name = "water.callback"
    _inherit = ["water.case.link.mixin"]
    _description = "Call-back"
    _order = "due_at, id"
    _rec_name = "case_name"

    due_at = fields.Datetime(string="Due", index=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Caller",
        index="btree_not_null",
        domain="[('share', '=', False)]",
    )
    attempt_ids = fields.One2many("water.callback.attempt", "callback_id", string="Attempts")
    attempt_count = fields.Integer(compute="_compute_attempt_count")
    outcome = fields.Selection(
        [
            ("solved", "Solved"),
            ("not_solved", "Not solved"),
            ("unreachable", "Unreachable"),
            ("refused", "Refused to answer"),
        ],
        help="Unreachable and refused never count as satisfied (S2.3.3b).",
    )
    score = fields.Selection(
        [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")], string="Satisfaction"
    )
    remark = fields.Text(string="What the Customer Said")
    done_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("open", "To call"), ("done", "Done"), ("void", "Not needed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        group_expand=True,
    )
    contact = fields.Char(compute="_compute_contact", compute_sudo=True)

    _score_only_when_heard = models.Constraint(
        "CHECK (score IS NULL OR COALESCE(outcome, '') IN ('solved', 'not_solved'))",
        "Only a customer who answered can give a score.",
    )

    @api.depends("attempt_ids")
    def _compute_attempt_count(self):
        for callback in self:
            callback.attempt_count = len(callback.attempt_ids)

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_contact(self):
        for callback in self:
            case = callback._case()
            callback.contact = f"{case.contact_masked} {case.phone_masked}".strip()

    def write(self, vals):
        kept = vals.keys() & {"state", "done_at", "due_at", "company_id", *self._case_models()}
        if not is_trusted(self.env) and (kept or any(row.state != "open" for row in self)):
            raise UserError(self.env._("A call-back that is done is not changed."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise UserError(self.env._("Call-backs are made when a case is completed."))
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A call-back is never deleted."))

    def action_done(self):
        """Finish the call-back: the outcome is there, and the caller did not do the work.

        :raises UserError: without outcome, with too few attempts, or by a handler of the case
        """
        self.check_access("write")
        for callback in self:
            callback._check_done()
            trusted(callback).write(
                {
                    "state": "done",
                    "done_at": fields.Datetime.now(),
                    "user_id": callback.user_id.id or self.env.uid,
                }
            )
            case = callback._case()
            case._log_events(
                "callback_done", {"outcome": callback.outcome, "score": callback.score or ""}
            )
            case._on_callback_done(callback)
        return True

    def _check_done(self):
        if self.state != "open":
            raise UserError(self.env._("This call-back is finished already."))
        if not self.outcome:
            raise UserError(self.env._("Choose what the customer said: the outcome is missing."))
        if self.outcome == "unreachable" and len(self.attempt_ids) < ATTEMPTS:
            raise UserError(
                self.env._("Unreachable only after %(count)s attempts.", count=ATTEMPTS)
            )
        if self.env.user in self._case()._workers() and not self.env.su:
            raise UserError(self.env._("Whoever handled the case cannot make the call-back."))

    def _void(self):
        """No call is needed any more."""
        trusted(self.sudo().filtered(lambda row: row.state == "open")).write({"state": "void"})
