from odoo import api, fields, models


class WaterPhraseHit(models.Model):
    """A forbidden phrase that a customer was told in spite of the warning: kept for quality."""

    _name = "water.phrase.hit"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _description = "Forbidden Phrase Said"
    _dossier = False  # about how staff speak, not about the case
    _order = "at desc, id desc"
    _allow_sudo_commands = False

    phrase_id = fields.Many2one(
        "water.forbidden.phrase", required=True, readonly=True, index=True, ondelete="restrict"
    )
    name = fields.Char(
        string="Words Said", required=True, readonly=True, help="As they were listed then."
    )
    category = fields.Selection(related="phrase_id.category", store=True)
    user_id = fields.Many2one(
        "res.users", string="Said by", required=True, readonly=True, index=True
    )
    at = fields.Datetime(string="Said at", required=True, default=fields.Datetime.now)
    place = fields.Selection(
        string="Where It Was Said",
        selection=[
            ("answer", "Answer"),
            ("notice", "Notice"),
            ("feedback", "Feedback"),
            ("message", "Message"),
        ],
        required=True,
        readonly=True,
    )

    @api.model
    def _readonly_message(self):
        return self.env._("What was said is counted by the system alone.")
