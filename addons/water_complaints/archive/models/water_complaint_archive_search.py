from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.water_service_desk.knowledge.search_terms import INDEX_FUNCTION, search_terms

#: What of a complaint can be searched for by any words in it, without the customer's data.
SEARCHED = (
    *("subject", "verbatim", "description", "demand"),
    *("investigation", "plan", "resolution", "customer_remark"),
)
#: The function of the articles, for a text of one language. It names the schema of that function:
#: a backup is restored without a search path, and would leave the whole table out.
TEXT_FUNCTION = """
CREATE OR REPLACE FUNCTION water_text_vector(words text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT %s.water_search_vector(jsonb_build_object('', words), 'A')
$$
"""


class WaterComplaint(models.Model):
    """Any words of an archived complaint find it at once among millions (S3.2.4b).

    Chinese is indexed by pairs of characters, as the articles are, so that words of two characters
    are found by the index too. It holds archived complaints alone: the others pay nothing for it.
    """

    _inherit = "water.complaint"

    archive_text = fields.Char(
        string="Words of the Complaint",
        compute="_compute_archive_text",
        search="_search_archive_text",
    )

    def init(self):
        """Give the table the column of the archive's words, kept by the database, and its index."""
        if self._abstract:
            return
        cr, table = self.env.cr, SQL.identifier(self._table)
        words = SQL(" || ' ' || ").join(
            SQL("coalesce(%s, '')", SQL.identifier(name)) for name in SEARCHED
        )
        cr.execute(SQL(INDEX_FUNCTION))
        ((schema,),) = self.env.execute_query(SQL("SELECT current_schema"))
        cr.execute(SQL(TEXT_FUNCTION, SQL.identifier(schema)))
        cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS archive_words tsvector GENERATED ALWAYS AS"
                " (CASE WHEN archived_at IS NOT NULL THEN water_text_vector(%s) END) STORED",
                table,
                words,
            )
        )
        cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS %s ON %s USING gin (archive_words)"
                " WHERE archive_words IS NOT NULL",
                SQL.identifier(f"{self._table}_archive_words_idx"),
                table,
            )
        )

    def _compute_archive_text(self):
        """Nothing to show: the field is there to be searched."""
        self.archive_text = False

    @api.model
    def _search_archive_text(self, operator, value):
        """Archived complaints in which all words of ``value`` occur, each at least begun."""
        if operator not in ("ilike", "like", "=ilike") or not isinstance(value, str):
            return NotImplemented
        terms = search_terms(value)
        if not terms:
            return Domain.FALSE if value.strip() else Domain.TRUE
        query = SQL("to_tsquery('pg_catalog.english', %s)", " & ".join(terms))
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s @@ %s", SQL.identifier(alias, "archive_words"), query
            )
        )
