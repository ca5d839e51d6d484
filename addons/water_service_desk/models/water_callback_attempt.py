from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.trust import is_trusted


class WaterCallbackAttempt(models.Model):
    """One try to reach a customer; kept whether or not he was reached."""

    _name = "water.callback.attempt"
    _description = "Call-back Attempt"
    _order = "at desc, id desc"
    _rec_name = "at"

    callback_id = fields.Many2one("water.callback", required=True, index=True, ondelete="cascade")
    at = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, default=lambda self: self.env.uid, readonly=True
    )
    result = fields.Selection(
        [
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("busy", "Busy"),
            ("wrong_number", "Wrong number"),
            ("later", "Asked to call later"),
        ],
        required=True,
        default="reached",
    )
    note = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            for vals in vals_list:  # said outright, so that no default in the context counts
                vals.update({"at": fields.Datetime.now(), "user_id": self.env.uid})
        attempts = super().create(vals_list)
        if any(attempt.callback_id.state != "open" for attempt in attempts):
            raise UserError(self.env._("This call-back is finished already."))
        for attempt in attempts:
            attempt.callback_id._case()._log_events(
                "callback_attempt", {"result": attempt.result, "note": attempt.note or ""}
            )
        return attempts

    def write(self, vals):
        if is_trusted(self.env):
            return super().write(vals)
        raise UserError(self.env._("An attempt that was made is not changed; add another one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An attempt that was made is not deleted."))
