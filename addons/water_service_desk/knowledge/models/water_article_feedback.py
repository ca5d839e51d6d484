from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible


class WaterArticleFeedback(models.Model):
    """A reader's feedback: the article helped, or contains an error."""

    _name = "water.article.feedback"
    _inherit = ["water.mixin"]
    _description = "Feedback on an Article"
    _order = "is_done, id desc"
    _rec_name = "article_id"
    _keeps_what_is_shown = True

    article_id = fields.Many2one("water.article", required=True, index=True, ondelete="restrict")
    kind = fields.Selection(
        [("helped", "It helped"), ("wrong", "Something is wrong")], required=True, default="wrong"
    )
    note = fields.Text(string="What Is Wrong")
    user_id = fields.Many2one(
        "res.users",
        string="Told by",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    at = fields.Datetime(string="Date", required=True, readonly=True, default=fields.Datetime.now)
    is_done = fields.Boolean(string="Settled", readonly=True)
    done_by_id = fields.Many2one("res.users", string="Settled by", readonly=True)
    owner_id = fields.Many2one(related="article_id.owner_id")
    can_settle = fields.Boolean(compute="_compute_can_settle", export_string_translation=False)

    @api.depends("is_done", "kind", "article_id.owner_id")
    @api.depends_context("uid")
    def _compute_can_settle(self):
        for row in self:
            is_open = row.kind == "wrong" and not row.is_done
            row.can_settle = is_open and row.article_id.can_edit

    @api.model_create_multi
    def create(self, vals_list):
        """Create feedback in the reader's own name; errors are sent to the owner."""
        rows = super().create(vals_list)
        rows._check_sayable()
        for row in rows.filtered(lambda row: row.kind == "wrong"):
            row._tell_owner()
        return rows

    def write(self, vals):
        if not is_trusted(self.env):
            raise UserError(self.env._("What a reader said stays as they said it."))
        return super().write(vals)

    def _check_sayable(self):
        for row in self:
            row.article_id.check_access("read")
            if row.kind == "wrong" and not strip_invisible(row.note):
                raise UserError(self.env._("Write down what is wrong."))

    def _tell_owner(self):
        article = self.article_id

        def compose(env):
            row = self.with_env(env).sudo()
            return env._("Remark on %(article)s", article=row.article_id.display_name), row.note

        # sudo: water.article - readers may write to its owner
        owner = article.sudo().owner_id
        self.env["water.staff.message"]._tell(owner, compose, record=article)

    def action_settle(self):
        """The owner or an editor has dealt with the remark."""
        self.check_access("read")
        self.article_id.check_access("write")
        # sudo: water.article.feedback - editors of the article may settle remarks
        trusted(self.sudo()).write({"is_done": True, "done_by_id": self.env.uid})
        return True
