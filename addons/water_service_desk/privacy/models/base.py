from odoo import api, models


class Base(models.AbstractModel):
    # Exports and large reads of personal data (S2.2.4). No docstring: Odoo would describe all
    # models by it that have none.

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
        """Return {place of a column: {id of a record: label}} of links to unreadable records:
        the web client lists their names, while Odoo refuses the whole export.
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
        """Return Odoo's own condition: a refused export is not logged."""
        return self.env.is_admin() or self.env.user.has_group("base.group_allow_export")

    def _traverse_related_sql(self, alias, field, query):
        # Odoo checks access to the end of the path as superuser: users without access to the field
        # itself could group and sort by it, and read it in the groups.
        self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)

    def _read_format(self, fnames, load="_classic_read"):
        """Read as Odoo does; log a call that reads more customers than the company's limit."""
        if len(self) > 1 and hasattr(self, "_export_masks") and not self.env.su:
            self.env["water.export"]._note_read(self, fnames)
        return super()._read_format(fnames, load)

    def _post_model_setup__(self):
        """Check read access on contacts in searches: some apps bypass the check for speed."""
        super()._post_model_setup__()
        parents = self._inherits.values()
        for name, field in self._fields.items():
            if field.comodel_name == "res.partner" and name not in parents and field.store:
                field.bypass_search_access = False
