from odoo import fields, models


class WaterCallbackQuestion(models.Model):
    """One question of a script."""

    _name = "water.callback.question"
    _inherit = ["water.mixin"]
    _description = "Call-back Question"
    _order = "script_id, sequence, id"

    script_id = fields.Many2one(
        "water.callback.script", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(string="Question Asked", required=True, translate=True)
    kind = fields.Selection(
        [("yes_no", "Yes or no"), ("choice", "Choice"), ("score", "1 to 5"), ("text", "Words")],
        string="Answer",
        required=True,
        default="yes_no",
    )
    meaning = fields.Selection(
        [
            ("none", "Nothing"),
            ("solved", "Whether it is solved"),
            ("recurred", "Whether it happened again"),
            ("satisfaction", "The satisfaction"),
        ],
        string="Decides",
        required=True,
        default="none",
        help="What the answer decides of the outcome: “not solved” reopens the case.",
    )
    mandatory = fields.Boolean(string="Must Be Asked")
    choice_ids = fields.One2many(
        "water.callback.choice", "question_id", string="Choices", copy=True
    )

    _meaning_fits = models.Constraint(
        "CHECK (meaning = 'none' OR (meaning IN ('solved', 'recurred') AND kind = 'yes_no')"
        " OR (meaning = 'satisfaction' AND kind = 'score'))",
        "Only a yes or no decides whether it is solved, and only a score the satisfaction.",
    )

    def _answer_values(self, callback):
        """Return the values of an empty answer to this question in ``callback``.

        The question is stored in the caller's language.
        """
        asked = self.with_env(callback.env).sudo()
        return {
            "callback_id": callback.id,
            "question_id": self.id,
            "sequence": self.sequence,
            "name": asked.with_context(lang=callback.env.user.lang or callback.env.lang).name,
            "kind": self.kind,
            "meaning": self.meaning,
            "mandatory": self.mandatory,
        }
