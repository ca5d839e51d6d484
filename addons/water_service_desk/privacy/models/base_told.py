from odoo import api, models

from ..told import TOLD, asks_more


class Base(models.AbstractModel):
    # Names that are read out to a caller, who may have asked for more than a name. No docstring:
    # Odoo would describe all models by it that have none.

    _inherit = "base"

    def _water_read_out(self, specification=None):
        """The same where what is read goes to a caller who has asked for more than names."""
        if self.env.su or not asks_more(self.env.context, specification):
            return self
        return self.with_context(water_told=TOLD)

    def web_read(self, specification):
        return super(Base, self._water_read_out(specification)).web_read(specification)

    def _read_format(self, fnames, load="_classic_read"):
        return super(Base, self._water_read_out())._read_format(fnames, load)

    def onchange(self, values, field_names, fields_spec):
        told = self._water_read_out(fields_spec)
        return super(Base, told).onchange(values, field_names, fields_spec)

    def export_data(self, fields_to_export):
        return super(Base, self._water_read_out()).export_data(fields_to_export)

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, *args, **kwargs):
        return super(Base, self._water_read_out()).formatted_read_group(domain, *args, **kwargs)

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, *args, **kwargs):
        return super(Base, self._water_read_out()).formatted_read_grouping_sets(
            domain, *args, **kwargs
        )

    @api.model
    @api.readonly
    def read_group(self, domain, *args, **kwargs):
        return super(Base, self._water_read_out()).read_group(domain, *args, **kwargs)

    # -- what is behind a name -------------------------------------------------------------------

    def _post_model_setup__(self):
        """To look for rows by what is behind a name asks for the right to read that, as it does for
        most links: some apps have theirs go past it, to search a little faster.
        """
        super()._post_model_setup__()
        parents = self._inherits.values()
        for name, field in self._fields.items():
            if field.comodel_name == "res.partner" and name not in parents and field.store:
                field.bypass_search_access = False
