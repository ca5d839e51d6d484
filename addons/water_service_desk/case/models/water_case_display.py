import re
from collections import Counter
from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...base import windows
from ...base.tables import remembered, table

#: Blanks and comments in the source of views.
INDENT = re.compile(r"[ \t\r\n]{2,}")
REMARK = re.compile(r"<!--.*?-->", re.S)
#: Odoo's note to developers about a field that it has added for modifiers.
USED_BY = re.compile(r' data-used-by="[^"]*"')
#: Attributes of fields that the web client requests separately, for filters and exports.
ASKED_APART = frozenset({"groups", "searchable"})
#: Attribute values equal to their absence.
EMPTY = ([], {})
#: Attributes whose absence the web client interprets differently.
ALWAYS_SAID = frozenset({"selection", "sanitize_tags"})
#: More than a column shows at first: rows beyond are not found by a search.
GLANCE = 100


class WaterCaseMixin(models.AbstractModel):
    """Counters and notes on the screens of a case, which no rule needs."""

    _inherit = "water.case.mixin"

    #: counter of the form's buttons → what it counts; the tables of all rooms add up
    _counters = {"deadline_count": "water.deadline", "dispatch_count": "water.dispatch"}
    #: lists whose counters are worked out anew when the list changes; of all rooms
    _counted_lists = ()

    is_final = fields.Boolean(compute="_compute_is_final", export_string_translation=False)
    can_edit = fields.Boolean(compute="_compute_can_edit", export_string_translation=False)
    verbatim_kept = fields.Boolean(
        compute="_compute_verbatim_kept", export_string_translation=False
    )
    return_note = fields.Char(string="Latest Return", compute="_compute_return_note")
    deadline_count = fields.Integer(string="Number of Limits", compute="_compute_counts")
    dispatch_count = fields.Integer(string="Number of Dispatches", compute="_compute_counts")

    @api.depends("state")
    def _compute_is_final(self):
        for case in self:
            case.is_final = case.state in case._final_states

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        """Allow the desk to change facts until the case is finished."""
        is_desk = self._is_desk()
        for case in self:
            case.can_edit = is_desk and case.state not in case._final_states

    def _compute_verbatim_kept(self):
        """Return whether the customer's words are stored; without dependency, so that typing is
        free.
        """
        for case in self:
            case.verbatim_kept = bool(case._origin.verbatim)

    @api.depends("dispatch_ids.state")
    def _compute_return_note(self):
        for case in self:
            # sudo: water.dispatch - handlers of the case may know why it was returned
            rows = case.sudo().dispatch_ids
            latest = rows.filtered(lambda row: row.state == "rejected").sorted("rejected_at")[-1:]
            # sent elsewhere since then: its place is known
            later = rows.filtered(
                lambda row, last=latest: (
                    row.role == last.role
                    and row.state in ("sent", "accepted", "finished")
                    and row.id > last.id
                )
            )
            case.return_note = "" if later else latest._return_note()

    @api.depends(lambda self: table(self, "_counted_lists"))
    @api.depends_context("uid")
    def _compute_counts(self):
        counted = {
            counter: links
            for counter, links in self._counted_links().items()
            if not self._is_known(counter)
        }
        used = self._origin._pointed_at_by(chain.from_iterable(counted.values()))
        for counter, links in counted.items():
            counts = Counter()
            for link in used & set(links):
                counts.update(self._count_by(link.model_name, link.name))
            for case in self:
                case[counter] = counts[case._origin.id]

    @api.model
    def _counted_links(self):
        counters = table(self, "_counters")
        return {counter: [self._child_link(model)] for counter, model in counters.items()}

    def _is_known(self, name):
        """Return whether the field is cached for all of these records."""
        known = self._fields[name]._get_cache(self.env)
        return all(number in known for number in self._ids)

    @api.model
    def _child_link(self, model):
        """The field by which rows of ``model`` point at cases of this kind."""
        children = self.env[model]
        return children._fields[children._case_field(self._name)]

    def _count_by(self, model, link):
        if not self.env[model].has_access("read"):
            return {}
        rows = self.env[model]._read_group([(link, "in", self._origin.ids)], [link], ["__count"])
        return {case.id: count for case, count in rows}

    def action_more_steps(self):
        """Open the steps that are too rare for the page, as far as they apply."""
        return self._open_part("steps", self.env._("More Steps"))

    def action_more_records(self):
        """Open linked rows and rarely used facts of the case."""
        return self._open_part("more", self.env._("More about the Case"))

    def _open_part(self, part, title):
        self.ensure_one()
        # sudo: ir.ui.view - which form shows it
        views = self.env["ir.ui.view"].sudo()
        own, shared = f"{self._name}.form.{part}", f"water.case.form.{part}"
        found = views.search([("name", "=", own)], limit=1)
        found = found or views.search([("name", "=", shared)], limit=1)
        return windows.dialog(self._name, title, record_id=self.id, view_id=found.id)

    # -- rows ----------------------------------------------------------------------------------
    # Which lists of a case hold anything at all, asked once for all of them.
    #
    # The form of a case has dozens of lists and counters, most of them empty. Without rows they are
    # empty for every user, without evaluating record rules; otherwise the rules decide as usual.

    @api.readonly
    def web_read(self, specification):
        """Read for the web client; one case alone, as its form does, without asking twice."""
        if len(self) == 1 and any("fields" in asked for asked in specification.values()):
            self._know_empty_lists()
            self._count_what_is_read(specification)
        return super().web_read(specification)

    def _know_empty_lists(self):
        cases, counted = self._origin, self._counted_links()
        links = {name: [self._link_of(name)] for name in self._plain_lists()} | counted
        used = cases._pointed_at_by(chain.from_iterable(links.values()))
        for name, ways in links.items():
            if used.isdisjoint(ways):
                self._fields[name]._insert_cache(cases, [0 if name in counted else ()])

    def _count_what_is_read(self, specification):
        """Compute counters from lists that are read in the same request.

        Only from complete lists that were not cached before, since an earlier read may have had
        other rights.
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
        pairs = link.type == "many2many"
        return SQL(
            "SELECT FROM %s WHERE %s IN %s",
            SQL.identifier(link.relation if pairs else self.env[link.model_name]._table),
            SQL.identifier(link.column2 if pairs else link.name, to_flush=link),
            tuple(self.ids),
        )

    # -- thread --------------------------------------------------------------------------------
    # Messages of a case are added by Odoo's own ways, each by its author.

    def _on_file_taken_back(self, file):
        """Let the uploader remove a wrong file; the event chain logs it.

        :param file: ir.attachment without a message or record that refers to it
        :raises UserError: if the case is archived
        """
        self.ensure_one()
        self._check_unsealed()
        self._log_events("file_removed", {"files": {file.name: file.checksum}})

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """People are told by the service that needs them, not by following (query budget)."""
        return True

    def activity_schedule(self, *args, **kwargs):
        """As Odoo does; no caller's key keeps a to-do from being made."""
        told = self.with_context(mail_activity_automation_skip=False)
        return super(WaterCaseMixin, told).activity_schedule(*args, **kwargs)

    def _refuse_write(self, vals):
        self._refuse_messages(vals)
        return super()._refuse_write(vals)

    def _refuse_messages(self, vals):
        if {"message_ids", "website_message_ids"} & vals.keys():
            raise AccessError(
                self.env._(
                    "What was said about a case stays as it is. Write another message instead."
                )
            )

    # -- views ---------------------------------------------------------------------------------
    # Views of a case for the browser, without unused attributes.

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Return the view as Odoo gives it, without indents, remarks and notes to developers."""
        view = super().get_view(view_id, view_type, **options)
        return {**view, "arch": USED_BY.sub("", INDENT.sub(" ", REMARK.sub("", view["arch"])))}

    @api.model
    def get_views(self, views, options=None):
        """As Odoo, without empty attributes of fields."""
        found = super().get_views(views, options)
        return {
            **found,
            "models": {
                model: {**described, "fields": self._without_nothing(described["fields"])}
                for model, described in found["models"].items()
            },
        }

    @api.model
    def _without_nothing(self, described):
        return {
            name: {
                key: value
                for key, value in description.items()
                if key in ALWAYS_SAID or (value is not False and value not in EMPTY)
            }
            for name, description in described.items()
        }

    @api.model
    def _get_view_fields(self, view_type, models):
        """Limit a search view to its own fields and those that can be grouped."""
        named = set(models.get(self._name, ()))
        found = super()._get_view_fields(view_type, models)
        if view_type != "search":
            return found
        everything = self.sudo()  # sudo: fields - the view is kept for all users
        return {
            **found,
            self._name: [
                name
                for name in found[self._name]
                if name in named or self._fields[name]._description_groupable(everything.env)
            ],
        }

    @api.model
    def _get_view_field_attributes(self):
        return [key for key in super()._get_view_field_attributes() if key not in ASKED_APART]

    # -- columns -------------------------------------------------------------------------------
    # How many cases stand in each column of a board, told without counting all of them twice.
    #
    # A board reads its columns and separately the exact counts of their bars, which add up to the
    # columns. So the columns need not be exact: the web client (``exact_columns.js``) replaces the
    # number as soon as the bars are loaded.

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        """Count as Odoo does, unless the context's ``water_columns_at_a_glance`` asks for less."""
        if (
            self.env.context.get("water_columns_at_a_glance")
            and (tuple(groupby), tuple(aggregates)) == (("stage_id",), ("__count",))
            and not (having or offset)
        ):
            columns = self._columns_at_a_glance(domain)
            if not limit or len(columns) < limit:
                return columns
        return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)

    @api.model
    def _columns_at_a_glance(self, domain):
        """The columns with cases, and how many each has, counted up to one more than a glance.

        :param domain: which cases; those that the reader may not read are left out
        :return: [(stage, number)]
        """
        self.browse().check_access("read")
        # in the order of the board's index: so no column is looked for in the whole table
        query = self._search(domain, order=self._order)
        if query.is_empty():
            return []
        stage = self._field_to_sql(self._table, "stage_id", query)
        query.add_where(SQL("%s = columns.id", stage))
        query.limit = GLANCE + 1
        found = self.env.execute_query(
            SQL(
                "SELECT columns.id, counted.number FROM water_stage columns CROSS JOIN LATERAL"
                " (SELECT count(*) AS number FROM (%s) cases) counted"
                " WHERE columns.model = %s AND counted.number > 0"
                " ORDER BY columns.sequence, columns.id",
                query.select(SQL("1")),
                self._name,
            )
        )
        stages = self.env["water.stage"].browse([stage_id for stage_id, _number in found])
        return list(zip(stages, (number for _stage_id, number in found), strict=True))
