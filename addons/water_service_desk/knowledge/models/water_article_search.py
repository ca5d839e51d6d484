from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...base.roles import AGENT
from ..search_terms import INDEX_FUNCTION, search_terms

#: How many articles are offered while the agent types.
OFFERED = 5
#: Letters of an article that are shown below its title.
SNIPPET = 90
#: Columns of the index, from the smallest: what an article is called, and all that it says.
#: Weights: title A, keywords B, what the customer may be told C, the rest D.
HEAD = "water_search_vector(name, 'A') || water_search_vector(keywords, 'B')"
VECTORS = {
    "search_head": HEAD,
    "search_all": f"{HEAD} || water_search_vector(customer_text, 'C')"
    " || water_search_vector(body, 'D')",
}


class WaterArticle(models.Model):
    """Finds articles by what is typed, in Chinese and English at once (S1.2).

    The database keeps the terms of all languages in two columns of its own, each with an
    inverted index; title goes before keywords, and these before the text.
    """

    _inherit = "water.article"

    content = fields.Char(compute="_compute_content", search="_search_content")

    def init(self):
        """Give the table the columns and indexes of the search."""
        if self._abstract:
            return
        cr, table = self.env.cr, SQL.identifier(self._table)
        cr.execute(SQL(INDEX_FUNCTION))
        for column, vector in VECTORS.items():
            name = SQL.identifier(column)
            generated = SQL("tsvector GENERATED ALWAYS AS (%s) STORED", SQL(vector))
            cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s", table, name, generated))
            index = SQL.identifier(f"{self._table}_{column}_idx")
            cr.execute(
                # read all day, written now and then: no list of entries that wait to be sorted in
                SQL(
                    "CREATE INDEX IF NOT EXISTS %s ON %s USING gin (%s) WITH (fastupdate = off)",
                    index,
                    table,
                    name,
                )
            )

    def _compute_content(self):
        """Nothing to show: the field is there to be searched."""
        self.content = False

    @api.model
    def _search_content(self, operator, value):
        """Articles that hold all words of ``value``, each at least as a beginning."""
        if operator == "in":
            words = [word for word in value if isinstance(word, str)]
            return Domain.OR(self._search_content("ilike", word) for word in words)
        if operator not in ("ilike", "like", "=ilike") or not isinstance(value, str):
            return NotImplemented
        terms = search_terms(value)
        if not terms:
            return Domain.FALSE if value.strip() else Domain.TRUE
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s @@ %s", SQL.identifier(alias, "search_all"), self._tsquery(terms, "&")
            )
        )

    @api.model
    def _tsquery(self, terms, sign):
        return SQL("to_tsquery('pg_catalog.english', %s)", f" {sign} ".join(terms))

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Whoever searches by content gets the best article first."""
        query = super()._search(domain, offset, limit, order, **options)
        words = " ".join(
            leaf.value
            for leaf in Domain(domain).iter_conditions()
            if leaf.field_expr in ("content", "display_name") and isinstance(leaf.value, str)
        )
        terms = search_terms(words)
        if terms and order == self._order and not query.is_empty():
            rank = SQL(
                "ts_rank(%s, %s) DESC",
                SQL.identifier(self._table, "search_all"),
                self._tsquery(terms, "|"),
            )
            query.order = SQL("%s, %s", rank, self._order_to_sql(order, query))
        return query

    # -- while the agent types ------------------------------------------------------------------

    @api.model
    def suggest(self, text="", category_id=False, partner_id=False, case=None):
        """What helps with the talk that is being noted down: articles and canned answers.

        :param text: what has been typed so far
        :param category_id: id of the case's water.category, or nothing
        :param partner_id: id of the customer, whose language the answers are in, or nothing
        :param case: ``[model, id]`` of a saved case, whose facts are filled in, or nothing
        :raises AccessError: for anybody but agents
        :return: ``{"articles": [{id, code, title, snippet, answer}],
            "blocks": [{id, title, text}]}``
        """
        if not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Only service agents are offered articles."))
        category = self.env["water.category"].browse(_id(category_id)).exists()
        partner = self.env["res.partner"].browse(_id(partner_id)).exists()
        lang = partner.lang or self.env.company.partner_id.lang or self.env.lang
        articles = self._best(text if isinstance(text, str) else "", category)
        return {
            "articles": [article._offer(lang) for article in articles],
            "blocks": self.env["mail.canned.response"]._water_offer(category, lang, case),
        }

    @api.model
    def _best(self, text, category, limit=OFFERED, shown=Domain.TRUE):
        """The published articles that fit best, best first.

        :param text: free text; any of its terms in title or keywords will do, or all anywhere
        :param category: water.category, may be empty: its articles are offered as well
        :param shown: domain of those that come into question
        """
        terms = search_terms(text)
        if not (terms or category):
            return self.browse()
        query = self._search(Domain("state", "=", "published") & shown)
        table, head = self._table, SQL.identifier(self._table, "search_head")
        some, every = self._tsquery(terms, "|"), self._tsquery(terms, "&")
        same = SQL(
            "%s = ANY(ARRAY("
            "SELECT article_id FROM water_article_category_rel WHERE category_id IN %s))",
            SQL.identifier(table, "id"),
            (category.id or 0, category.parent_id.id or 0),
        )
        found = SQL("%s @@ %s", head, some)
        everywhere = SQL("%s @@ %s", SQL.identifier(table, "search_all"), every)
        query.add_where(SQL("(%s OR %s OR %s)", found, everywhere, same))
        query.order = SQL(
            "ts_rank(%s, %s) * CASE WHEN %s THEN 1.2 ELSE 1 END DESC, %s DESC, %s DESC, %s",
            head, some, same, everywhere, same, SQL.identifier(table, "id"),
        )  # fmt: skip
        query.limit = limit
        return self.browse(query.get_result_ids())

    def _offer(self, lang):
        """What the panel shows of an article, and what it puts into the answer."""
        answer = self.with_context(lang=lang).customer_text or ""
        shown = " ".join((self.customer_text or "").split())
        return {
            "id": self.id,
            "code": self.code,
            "title": self.name,
            "snippet": shown[:SNIPPET] + ("…" if len(shown) > SNIPPET else ""),
            "answer": answer,
        }


def _id(value):
    """An id as a client sends it, or nothing."""
    return value if isinstance(value, int) and 0 < value < 2**31 else False
