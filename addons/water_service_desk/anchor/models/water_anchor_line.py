from odoo import api, fields, models
from odoo.tools import SQL

from ..anchor_file import chain_key


class WaterAnchorLine(models.Model):
    """The head of one chain at the time of an anchor; read by the system alone."""

    _name = "water.anchor.line"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Head of a Chain in an Anchor"
    _order = "id"
    _log_access = False
    _allow_sudo_commands = False

    anchor_id = fields.Many2one(
        "water.anchor", required=True, readonly=True, index=True, ondelete="restrict"
    )
    chain = fields.Char(required=True, readonly=True, help="model,number of the record")
    key = fields.Char(required=True, readonly=True, help="Stands for the chain outside.")
    events = fields.Integer(required=True, readonly=True, help="Length of the chain.")
    head = fields.Char(required=True, readonly=True, help="Digest of its last event.")

    _key_idx = models.Index("(key, anchor_id DESC)")

    @api.model
    def _write_all(self, anchor, rows):
        """Keep the heads, in one statement.

        :param rows: ``(chain, key, number of events, digest)``
        """
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
        self.env.execute_query(
            SQL(
                "INSERT INTO water_anchor_line (anchor_id, chain, key, events, head)"
                " SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[])"
                " RETURNING id",
                anchor.id,
                *columns,
            )
        )
        anchor.invalidate_recordset(["line_ids"])

    @api.model
    def _last(self, keys):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (key) key, chain, head FROM water_anchor_line"
                " WHERE key = ANY(%s) ORDER BY key, anchor_id DESC",
                list(keys),
            )
        )
        return {key: (chain, head) for key, chain, head in rows}

    @api.model
    def _unknown(self, rows):
        """Return the rows whose head is in no anchor yet."""
        last = self._last([row[1] for row in rows])
        return [row for row in rows if last.get(row[1], ("", ""))[1] != row[3]]

    @api.model
    def _chains(self, keys):
        last = {key: chain for key, (chain, _head) in self._last(keys).items()}
        records = self.env["water.anchor"]._by_model(last.values())
        return {
            key: records[chain]
            for key, chain in last.items()
            if chain in records and self._key_of(records[chain]) == key
        }

    @api.model
    def _key_of(self, record):
        return chain_key(record._name, record._chain_name())

    @api.model
    def _marks(self, record):
        # sudo: water.anchor.line - keys and digests, compared and not shown
        rows = self.sudo().search_fetch([("key", "=", self._key_of(record))])
        return {row.anchor_id.number: (row.events, row.head) for row in rows}
