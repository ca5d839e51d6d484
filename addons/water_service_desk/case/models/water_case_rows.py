from itertools import chain

from odoo import api, models
from odoo.tools import SQL

from ...base.tables import remembered


class WaterCaseMixin(models.AbstractModel):
    """Which lists of a case hold anything at all, asked once for all of them.

    The form of a case has dozens of lists and counters, and most of them are empty. What no row
    points at is empty for everybody: no record rule has to be worked out to know that. Where
    there are rows, the rules say who sees which, as ever.
    """

    _inherit = "water.case.mixin"

    @api.readonly
    def web_read(self, specification):
        """Read for the web client; one case alone, as its form does, without asking twice."""
        if len(self) == 1 and any("fields" in asked for asked in specification.values()):
            self._know_empty_lists()
            self._count_what_is_read(specification)
        return super().web_read(specification)

    def _know_empty_lists(self):
        """Have lists and counters of what nothing points at stand empty in the cache."""
        cases, counted = self._origin, self._counted_links()
        links = {name: [self._link_of(name)] for name in self._plain_lists()} | counted
        used = cases._pointed_at_by(chain.from_iterable(links.values()))
        for name, ways in links.items():
            if used.isdisjoint(ways):
                self._fields[name]._insert_cache(cases, [0 if name in counted else ()])

    def _count_what_is_read(self, specification):
        """Have counters of lists that are read as well tell how many rows the user is shown.

        Lists of a part of the rows tell nothing of that, nor do those that somebody has read
        before in this request: he may see more of them.
        """
        lists = {
            self._link_of(name): name
            for name in self._plain_lists()
            if name in specification and not self._fields[name].domain and not self._is_known(name)
        }
        for counter, (link, *others) in self._counted_links().items():
            if counter in specification and link in lists and not others:
                rows = self[lists[link]]
                self._fields[counter]._insert_cache(self, [len(rows)])

    def _link_of(self, name):
        """The field of the rows by which those of a list point at the case."""
        field = self._fields[name]
        return self.env[field.comodel_name]._fields[field.inverse_name]

    def _plain_lists(self):
        """Names of the lists whose rows point at the case by a column."""

        def work_out():
            return tuple(
                name
                for name, field in self._fields.items()
                if field.type == "one2many"
                and field.store
                and self._is_column(field.comodel_name, field.inverse_name)
            )

        return remembered(self, "plain lists", work_out)

    def _is_column(self, model, name):
        link = self.env[model]._fields.get(name)
        return bool(link and link.type == "many2one" and link.store and link.column_type)

    def _pointed_at_by(self, links):
        """Those of ``links``, fields of other models, by which any row points at these cases."""
        links = list(dict.fromkeys(links))
        if not (self.ids and links):
            return set()
        asked = (
            SQL("SELECT %s WHERE EXISTS (%s)", number, self._pointers(link))
            for number, link in enumerate(links)
        )
        found = self.env.execute_query(SQL(" UNION ALL ").join(asked))
        return {links[number] for (number,) in found}

    def _pointers(self, link):
        """The rows that point at these cases by ``link``: its own column, or its table of pairs."""
        pairs = link.type == "many2many"
        return SQL(
            "SELECT FROM %s WHERE %s IN %s",
            SQL.identifier(link.relation if pairs else self.env[link.model_name]._table),
            SQL.identifier(link.column2 if pairs else link.name, to_flush=link),
            tuple(self.ids),
        )
