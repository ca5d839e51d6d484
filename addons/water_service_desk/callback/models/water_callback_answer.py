from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.locks import lock_rows
from ...base.trust import is_trusted
from ...base.words import strip_invisible

#: Fields of the caller; the question comes from the script.
SPOKEN_FIELDS = frozenset({"yes_no", "score", "choice_id", "text"})


class WaterCallbackAnswer(models.Model):
    """The customer's answer to one question of a call-back.

    The question is stored as it was asked: a script may change later.
    """

    _name = "water.callback.answer"
    _inherit = ["water.never.deleted.mixin", "water.mixin"]
    _description = "Call-back Answer"
    _dossier = ("name", "value")
    _order = "callback_id, sequence, id"

    callback_id = fields.Many2one(
        "water.callback", required=True, readonly=True, index=True, ondelete="cascade"
    )
    question_id = fields.Many2one(
        "water.callback.question",
        string="Question of the Script",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Question Asked", required=True, readonly=True)
    kind = fields.Selection(
        selection=lambda self: (
            self.env["water.callback.question"]._fields["kind"]._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    meaning = fields.Selection(
        selection=lambda self: (
            self.env["water.callback.question"]._fields["meaning"]._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    mandatory = fields.Boolean(string="Must Be Asked", readonly=True)
    yes_no = fields.Selection([("yes", "Yes"), ("no", "No")], string="Yes or No")
    score = fields.Selection([("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")])
    choice_id = fields.Many2one(
        "water.callback.choice",
        domain="[('question_id', '=', question_id)]",
        ondelete="restrict",
    )
    text = fields.Char(string="Words")
    value = fields.Char(string="Answer", compute="_compute_value")

    @api.depends("kind", "yes_no", "score", "choice_id", "text")
    @api.depends_context("lang")
    def _compute_value(self):
        labels = dict(self._fields["yes_no"]._description_selection(self.env))
        for answer in self:
            answer.value = {
                "yes_no": labels.get(answer.yes_no),
                "score": answer.score,
                "choice": answer.choice_id.name,
                "text": strip_invisible(answer.text),
            }[answer.kind]

    @api.constrains("choice_id")
    def _check_choice(self):
        for answer in self.filtered("choice_id"):
            if answer.choice_id.question_id != answer.question_id:
                raise ValidationError(self.env._("Choose one of the answers to this question."))

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise UserError(self.env._("Begin the call: its script puts the questions."))
        return super().create(vals_list)

    def write(self, vals):
        self.callback_id._check_case_sealed()
        if not is_trusted(self.env):
            if vals.keys() - SPOKEN_FIELDS:
                raise UserError(self.env._("The questions are the script's: write the answers."))
            lock_rows(self.callback_id)
            if any(answer.callback_id.state != "open" for answer in self):
                raise UserError(self.env._("A call-back that is done is not changed."))
        return super().write(vals)

    @api.model
    def _never_deleted_message(self):
        return self.env._("An answer that was given is not deleted.")
