from odoo import api, fields, models


class WaterArticleVersion(models.Model):
    """A version of a published article: author, time and texts (S1.2)."""

    _name = "water.article.version"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Version of an Article"
    _order = "article_id, number desc"
    _rec_name = "number"

    article_id = fields.Many2one(
        "water.article", required=True, readonly=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(string="Version", required=True, readonly=True)
    at = fields.Datetime(string="Valid since", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Changed by", required=True, readonly=True, ondelete="restrict"
    )
    #: {field: {language: text}}
    texts = fields.Json(required=True, readonly=True)
    changed = fields.Json(readonly=True)
    changed_labels = fields.Char(string="What Changed", compute="_compute_changed_labels")
    name = fields.Char(string="Title", compute="_compute_texts")
    keywords = fields.Char(compute="_compute_texts")
    customer_text = fields.Text(string="For the Customer", compute="_compute_texts")
    body = fields.Html(string="For Staff Only", compute="_compute_texts")

    _number_uniq = models.UniqueIndex("(article_id, number)", "This version exists already.")

    @api.depends("changed")
    @api.depends_context("lang")
    def _compute_changed_labels(self):
        known = self.env["water.article"]._fields
        for version in self:
            labels = [known[name]._description_string(self.env) for name in version.changed or []]
            version.changed_labels = ", ".join(labels) or self.env._("First publication")

    @api.depends("texts")
    @api.depends_context("lang")
    def _compute_texts(self):
        """Return the texts in the reader's language, else as first written."""
        for version in self:
            for name in ("name", "keywords", "customer_text", "body"):
                said = (version.texts or {}).get(name) or {}
                version[name] = said.get(self.env.lang) or said.get("en_US") or False

    @api.depends("number", "article_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(article)s, version %(number)s",
                article=version.article_id.code,
                number=version.number,
            )

    @api.model
    def _readonly_message(self):
        return self.env._("What an article said stays as it was said.")
