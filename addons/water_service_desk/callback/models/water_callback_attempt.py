from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.locks import overtaken
from ...base.trust import is_trusted


class WaterCallbackAttempt(models.Model):
    """One attempt to reach a customer, successful or not."""

    _name = "water.callback.attempt"
    _inherit = ["water.never.deleted.mixin", "water.mixin"]
    _description = "Call-back Attempt"
    _dossier = ("at", "user_id", "result", "again_at", "note")
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
    again_at = fields.Datetime(
        string="Call Again at", help="The time for which the customer has asked."
    )
    note = fields.Char()

    @api.constrains("again_at", "result")
    def _check_again(self):
        for attempt in self.filtered("again_at"):
            if attempt.result != "later" or attempt.again_at <= attempt.at:
                raise ValidationError(
                    self.env._("Only who asked to be called later has a time, and it lies ahead.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            for vals in vals_list:  # said outright, so that no default in the context counts
                vals.update({"at": fields.Datetime.now(), "user_id": self.env.uid})
        calls = self.env["water.callback"].browse(
            {vals["callback_id"] for vals in vals_list if vals.get("callback_id")}
        )
        calls._check_case_sealed()
        calls._check_attempt()
        if overtaken(calls.sudo(), self.sudo().browse(), [("callback_id", "in", calls.ids)]):
            raise UserError(self.env._("A colleague has just noted the result of this call."))
        attempts = super().create(vals_list)
        for attempt in attempts:
            attempt.callback_id._on_attempt(attempt)
        return attempts

    def write(self, vals):
        if is_trusted(self.env):
            return super().write(vals)
        raise UserError(self.env._("An attempt that was made is not changed; add another one."))

    @api.model
    def _never_deleted_message(self):
        return self.env._("An attempt that was made is not deleted.")
