import csv
import io

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import convert
from odoo.tools.misc import file_open


class IrModelData(models.Model):
    """Keeps the external ids that code relies on.

    Odoo lets every user who creates a record give it any external id, by ``load`` or a context key,
    and takes it away from its record: a role, a template, a user.
    """

    _inherit = "ir.model.data"

    @api.model
    def _load_csv(self, module, *paths):
        """Create the records of CSV files, as a block with ``noupdate`` does for those of XML.

        Odoo overwrites the records of a CSV file in the manifest with each update; a company
        changes these. A record that was deleted or is new comes with the next update.

        :param module: name of the addon
        :param paths: files in its folder, named after their models (``water.cause.csv``)
        """
        for path in paths:
            with file_open(f"{module}/{path}") as file:
                head, *rows = csv.reader(file)
            # a known row is not even read: it may name a record that the company has deleted
            known = set(self.search([("module", "=", module)]).mapped("name"))
            fresh = [row for row in rows if row[head.index("id")] not in known]
            if fresh:
                content = io.StringIO()
                csv.writer(content).writerows([head, *fresh])
                convert.convert_csv_import(
                    self.env, module, path, content.getvalue().encode(), noupdate=True
                )

    @api.model
    def _update_xmlids(self, data_list, update=False):
        """Write external ids as Odoo does.

        :raises AccessError: for the id of another record, or one that an addon would manage
        """
        # Odoo asks with superuser rights; who it is for says the user.
        if not (self.env.uid == SUPERUSER_ID or self.env.user._is_system()):
            self._check_names(data_list)
        return super()._update_xmlids(data_list, update=update)

    @api.model
    def _check_names(self, data_list):
        addons = self.env["ir.module.module"]._installed()
        taken = self._named([data["xml_id"] for data in data_list])
        for data in data_list:
            name, record = data["xml_id"], data["record"]
            owner = taken.get(name)
            foreign = owner and owner != (record._name, record.id)
            if foreign or not owner and name.partition(".")[0] in addons:
                raise AccessError(
                    self.env._("“%s” is the name of another record, or of an installed app.", name)
                )

    @api.model
    def _named(self, names):
        pairs = [name.split(".", 1) for name in names]
        modules, plain = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
        # sudo: ir.model.data - whose names they are
        rows = self.sudo().search([("module", "in", modules), ("name", "in", plain)])
        return {row.complete_name: (row.model, row.res_id) for row in rows}
