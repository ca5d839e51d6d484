from odoo import api, models
from odoo.exceptions import ValidationError


class WaterZone(models.Model):
    """Supply zones from a table, as a geographic system hands them out."""

    _inherit = "water.zone"

    _table_columns = {
        "code": ("片区编码", "Zone Code"),
        "name": ("片区名称", "Zone Name"),
        "outline": ("边界", "Outline"),
    }
    _table_example = ("E01", "东城片区", "")

    @api.model
    def _take_row(self, told):
        """As :meth:`water.account._take_row`."""
        code = told.get("code")
        if not code:
            raise ValidationError(self.env._("The code of the zone is missing."))
        here = [("code", "=", code), ("company_id", "in", (False, self.env.company.id))]
        known = self.with_context(active_test=False).search(here, order="company_id", limit=1)
        values = {name: told[name] for name in ("name", "outline") if told.get(name)}
        if not known:
            if "name" not in values:
                raise ValidationError(self.env._("A new zone needs a name."))
            self.create({**values, "code": code, "company_id": self.env.company.id})
            return "created", ""
        fresh = {name: value for name, value in values.items() if known[name] != value}
        labels = [self._fields[name]._description_string(self.env) for name in fresh]
        if fresh:
            known.write(fresh)
        return "changed" if fresh else "unchanged", ", ".join(labels)

    @api.model
    def _table_zone(self, text):
        here = [("company_id", "in", (False, self.env.company.id))]
        found = self.search([("code", "=", text), *here], limit=2)
        found = found or self.search([("name", "=", text), *here], limit=2)
        if len(found) != 1:
            raise ValidationError(self.env._("There is no zone, or several, called “%s”.", text))
        return found
