from odoo import models
from odoo.tools import SQL


class WaterChainMixin(models.AbstractModel):
    _inherit = "water.chain.mixin"

    _is_anchored = True

    def _anchor_source(self):
        """Return the event model, whose ids show what has changed since an anchor."""
        return self.env[self._chain_event]

    def _touched_since(self, since):
        """Return the query for the ids of changed records.

        :param since: highest id of the source in the last anchor
        """
        events = self.env[self._chain_event]
        link = SQL.identifier(events._chain_link(self._name))
        table = SQL.identifier(events._table)
        query = "SELECT DISTINCT %s FROM %s WHERE id > %s AND %s IS NOT NULL"
        return SQL(query, link, table, since, link)

    def _anchored(self):
        return self.event_count, self.event_head

    def _event_faults(self):
        """Check the chain against its anchors: a recomputed chain is consistent, but differs."""
        marks = self.env["water.anchor.line"]._marks(self)
        return super()._event_faults() + self._anchor_faults(marks)

    def _anchor_faults(self, marks):
        """Where the chain is not as anchors say.

        :param marks: {number of the anchor: (number of events then, digest of the last one)}
        """
        if not marks:
            return []
        rows = self.env[self._chain_event].sudo()
        events = rows.search([(rows._chain_link(self._name), "=", self.id)], order="id")
        heads = events.mapped("digest")
        name = self.name if "name" in self._fields else self.display_name
        return [
            self.env._(
                "%(case)s: this is not the chain of anchor no. %(number)s.",
                case=name,
                number=number,
            )
            for number, (count, head) in marks.items()
            if not 0 < count <= len(heads) or heads[count - 1] != head
        ]
