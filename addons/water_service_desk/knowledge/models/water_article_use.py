from odoo import api, fields, models


class WaterArticleUse(models.Model):
    """An article was opened for a case, or its text given to the customer (S1.2)."""

    _name = "water.article.use"
    _inherit = ["water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Use of an Article"
    _dossier_order = 75
    _dossier = ("article_id", "version_number", "how", "user_id", "at")
    _order = "id desc"
    _rec_name = "case_name"

    article_id = fields.Many2one(
        "water.article", required=True, readonly=True, index=True, ondelete="restrict"
    )
    version_number = fields.Integer(
        string="Version", readonly=True, help="What the article said then."
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    at = fields.Datetime(string="Date", required=True, readonly=True, index=True)
    how = fields.Selection(
        [
            ("opened", "Opened to read"),
            ("suggested", "Taken from the suggestions"),
            ("cited", "Looked up and cited"),
        ],
        string="Used as",
        required=True,
        readonly=True,
    )
    owner_id = fields.Many2one(related="article_id.owner_id")

    @api.model
    def _readonly_message(self):
        return self.env._("The use of articles is recorded by the system alone.")

    @api.model
    def _known_case(self, case):
        """Return the saved case named by a client, or None.

        :param case: ``[model, id]`` as sent by a client
        :raises AccessError: if the user may not read the case
        """
        if not (isinstance(case, list | tuple) and len(case) == 2):
            return None
        model, id_ = case
        if model not in self._case_models().values() or not isinstance(id_, int):
            return None
        found = self.env[model].browse(id_)
        found.check_access("read")
        return found
