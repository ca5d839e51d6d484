from odoo import api, models
from odoo.tools import ormcache

#: Where the work is, as boards show it: not whose it is.
PLACES = ("address_shown", "case_address")
#: Aggregates that show no single customer.
COUNTS = ("count", "count_distinct", "sum", "avg")


class Base(models.AbstractModel):
    # Every way in which much is read or taken out at once comes by here (S2.2.4). No docstring:
    # Odoo would describe all models by it that have none.

    _inherit = "base"

    def export_data(self, fields_to_export):
        """Export as Odoo does; the privacy log comes first, and personal data leaves masked."""
        if not (self and self._may_export()):
            return super().export_data(fields_to_export)
        self.check_access("read")
        masks = self.env["water.export"]._of(self, fields_to_export)
        closed = self._closed_links(fields_to_export)
        columns = [".id" if i in closed else name for i, name in enumerate(fields_to_export)]
        result = super().export_data(columns)
        for row in result["datas"] if closed else ():
            for place, labels in closed.items():
                row[place] = labels.get(row[place], "")
        for row in result["datas"] if masks else ():
            for place, mask in masks.items():
                row[place] = mask(row[place]) if isinstance(row[place], str) else row[place]
        return result

    def _closed_links(self, columns):
        """{place of a column: {number of a record: label}} of links to what the reader may not
        open: the web client names them in its list, where Odoo refuses the whole export.
        """
        found = {}
        for place, name in enumerate(columns):
            field = self._fields.get(name)
            is_link = field and field.type == "many2one" and self._has_field_access(field, "read")
            if is_link and not self.mapped(name).has_access("read"):
                # sudo: the label alone, as in the list
                found[place] = {str(row.id): row[name].display_name or "" for row in self.sudo()}
        return found

    @api.model
    def _may_export(self):
        """Odoo's own condition: who is refused has taken nothing out."""
        return self.env.is_admin() or self.env.user.has_group("base.group_allow_export")

    def _traverse_related_sql(self, alias, field, query):
        # Odoo asks for the right to what stands at the end of the path, as the system: whoever may
        # not read the field itself would group and sort by it, and read it in the groups.
        self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)

    # -- what is shown, and to whom (water.privacy.seen) ---------------------------------------

    def _read_format(self, fnames, load="_classic_read"):
        self._note_seen(self.ids, fnames)
        self._note_behind(fnames, load)
        return super()._read_format(fnames, load)

    def copy_data(self, default=None):
        self._note_seen(self.ids, None)
        return super().copy_data(default)

    def onchange(self, values, field_names, fields_spec):
        found = super().onchange(values, field_names, fields_spec)
        masks = self._export_masks() if hasattr(self, "_export_masks") else {}
        filled = {name: text for name, text in found.get("value", {}).items() if name in masks}
        texts = [text for text in filled.values() if text and isinstance(text, str)]
        self._note_seen(texts[:1], filled)  # one customer, in however many fields
        return found

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        found = super().name_search(name, domain, operator, limit)
        self._note_seen([row[0] for row in found], ["display_name"])
        return found

    @api.model
    @api.readonly
    def formatted_read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        groups = super().formatted_read_group(
            domain, groupby, aggregates, having=having, offset=offset, limit=limit, order=order
        )
        self._note_groups([*groupby, *aggregates], groups)
        return groups

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, grouping_sets, aggregates=(), *, order=None):
        found = super().formatted_read_grouping_sets(domain, grouping_sets, aggregates, order=order)
        for groupby, groups in zip(grouping_sets, found, strict=True):
            self._note_groups([*groupby, *aggregates], groups)
        return found

    @api.model
    @api.readonly
    def read_group(self, domain, fields, groupby, offset=0, limit=None, orderby=False, lazy=True):
        groups = super().read_group(domain, fields, groupby, offset, limit, orderby, lazy)
        self._note_groups([groupby] if isinstance(groupby, str) else groupby, groups)
        for spec in fields:  # "phone:array_agg", or "all:array_agg(phone)"
            alias, _colon, how = spec.partition(":")
            how, _bracket, name = how.rstrip(")").partition("(")
            if how and how not in COUNTS:
                name = name or alias
                self._note_groups([name], [{name: group.get(alias)} for group in groups])
        return groups

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        found = super().read_progress_bar(domain, group_by, progress_bar)
        self._note_groups([group_by], [{group_by: value} for value in found])
        return found

    @api.model
    def search_panel_select_range(self, field_name, **kwargs):
        found = super().search_panel_select_range(field_name, **kwargs)
        self._note_panel(field_name, found)
        return found

    @api.model
    def search_panel_select_multi_range(self, field_name, **kwargs):
        found = super().search_panel_select_multi_range(field_name, **kwargs)
        self._note_panel(field_name, found)
        return found

    def _note_panel(self, name, found):
        rows = [{name: (row["id"], row["display_name"])} for row in found.get("values", ())]
        self._note_groups([name], rows)

    @api.model
    def _note_groups(self, specs, groups):
        """Groups show customers as well: by link or by value."""
        if self.env.su or not groups:
            return
        for spec in specs:
            path, _colon, how = spec.partition(":")
            if how in COUNTS:
                continue
            model, name = self.env["water.export"]._end(self, path.replace(".", "/"))
            field = model._fields.get(name)
            if not field:
                continue
            shown = {value for group in groups for value in _values(group.get(spec))}
            if field.comodel_name:
                ids = [value for value in shown if value and isinstance(value, int)]
                self.env[field.comodel_name]._note_seen(ids, ["display_name"])
            else:
                model._note_seen([value for value in shown if isinstance(value, str)], [name])

    @api.model
    def _note_seen(self, keys, names):
        """Count whose personal data the present user is shown.

        :param keys: ids of records, or texts that groups show
        :param names: fields that are shown
        """
        if self.env.su or not keys or not hasattr(self, "_export_masks"):
            return
        masks = self._export_masks()
        personal = sorted(
            name
            for name in set(names or self._fields)
            if name in masks
            and name not in PLACES
            and self._has_field_access(self._fields[name], "read")
        )
        if personal and self.env.user._is_internal():
            seen = self._seen_customers(keys)
            self.env["water.privacy.seen"]._note(self._name, seen, personal)

    def _note_behind(self, names, load):
        """Count customers whose names or addresses stand in links and related fields."""
        if self.env.su or not self.ids or not self.env.user._is_internal():
            return
        for path, model, name in self._persons_behind(tuple(names or ()), load is not None):
            # sudo: the record - whoever may read the field is shown what stands behind it
            shown = self.sudo().mapped(path)
            self.env[model].browse(shown.ids)._note_seen(shown.ids, [name])

    @api.model
    @ormcache("self._name", "names", "labels")
    def _persons_behind(self, names, labels):
        """[(path to customers, their model, their field)] of what the fields show of them.

        :param labels: whether links come with their names
        """
        fields = [self._fields[name] for name in names if name in self._fields]
        found = [self._person_behind(field, labels) for field in fields]
        return [
            (path, model, name)
            for path, model, name in found
            if path
            and hasattr(self.env[model], "_export_masks")
            and name in self.env[model]._export_masks()
        ]

    @api.model
    def _person_behind(self, field, labels):
        """``(path, model, field)`` of the record whose words a field shows; no path for its own."""
        if field.type == "many2one":
            return field.name * labels, field.comodel_name, "display_name"
        if (self._name, field.name) == ("res.users", "login"):
            return "partner_id", "res.partner", "email"
        path, _dot, _name = (field.related or "").rpartition(".")
        end, name = self.env["water.export"]._end(self, (field.related or "").replace(".", "/"))
        return path, end._name, name

    @api.model
    def _seen_customers(self, keys):
        """Those of ``keys`` that stand for customers; models that hold others too say which."""
        return keys


def _values(shown):
    """What a group shows: a value, a link with its label, or many."""
    if isinstance(shown, tuple):
        return shown[:1]
    return shown if isinstance(shown, list) else (shown,)
