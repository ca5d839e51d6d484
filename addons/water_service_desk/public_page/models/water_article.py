from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...knowledge.placeholders import general


class WaterArticle(models.Model):
    """Public articles: the title and the text for customers alone."""

    _inherit = "water.article"

    on_page = fields.Boolean(
        string="On the Public Page",
        default=True,
        help="Customers find title and text for customers at /water/answers while it is published.",
    )
    self_service_count = fields.Integer(
        string="Answered Visitors",
        readonly=True,
        copy=False,
        help="Visitors of the public page who said that it answered their question.",
    )

    @api.model
    def _public_domain(self, company):
        return (
            Domain("state", "=", "published")
            & Domain("on_page", "=", True)
            & Domain("customer_text", "!=", False)
            & Domain("company_id", "in", [False, company.id])
        )

    @api.model
    def _public_search(self, text, company, limit=20):
        # sudo: water.article - published articles; pages get plain values
        articles = self.sudo()
        shown = self._public_domain(company)
        if not text:
            return articles.search(shown)
        return articles._best(text, self.env["water.category"], limit, shown)

    @api.model
    def _public_find(self, number, company):
        domain = self._public_domain(company) & Domain("id", "=", number)
        return self.sudo().search(domain, limit=1)

    def _public_card(self):
        company = self.company_id or self.env.company
        facts = {"hotline": company.water_hotline or "…", "company": company.name}
        return {
            "id": self.id,
            "name": self.name,
            "text": general(self.customer_text, facts),
            "path": f"/water/answers/{self.id}",
        }

    def _count_answered(self):
        """Count a visitor without writing the article itself."""
        self.env.cr.execute(
            SQL(
                "UPDATE water_article SET self_service_count = COALESCE(self_service_count, 0) + 1"
                " WHERE id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["self_service_count"])
