from odoo import api, models
from odoo.tools import format_date, formatLang

from odoo.addons.water_service_desk.base.moments import moment_text


class WaterFormReportMixin(models.AbstractModel):
    """The printed forms of the annex (附则): facts in a table, texts, rows, places to sign.

    They are read with the rights of the user who prints, so that contact data stay masked.
    """

    _name = "water.form.report.mixin"
    _description = "Form on Paper"

    #: model whose records are printed; heirs say it
    _form_model = None

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._form_model].browse(docids)
        records.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": self._form_model,
            "docs": records,
            "papers": {record.id: self._in_its_company(record) for record in records},
        }

    @api.model
    def _in_its_company(self, record):
        company = self._company(record) or self.env.company
        return self.with_context(tz=company._water_tz())._paper(record)

    @api.model
    def _company(self, record):
        return record.company_id

    @api.model
    def _paper(self, record):
        """Return the content of the form of a record; heirs implement it.

        :return: ``{"title", "number", "facts": [(label, text)], "texts": [(label, text)], "tables":
            [(label, [titles], [rows])], "signs": [label]}``
        """
        raise NotImplementedError

    @api.model
    def _row(self, record, name):
        return record._fields[name]._description_string(self.env), self._value(record, name)

    @api.model
    def _rows(self, record, *names):
        seen = [name for name in names if record._has_field_access(record._fields[name], "read")]
        return [row for row in (self._row(record, name) for name in seen) if row[1]]

    @api.model
    def _listed(self, records, label, *names):
        titles = [records._fields[name]._description_string(self.env) for name in names]
        rows = [[self._value(record, name) for name in names] for record in records]
        return [(label, titles, rows)] if rows else []

    @api.model
    def _value(self, record, name):
        field, value = record._fields[name], record[name]
        match field.type:
            case "selection":
                return dict(field._description_selection(self.env)).get(value, "")
            case "datetime":
                return moment_text(self.env, value, self.env.context["tz"])
            case "date":
                return format_date(self.env, value) if value else ""
            case "monetary":
                currency = record[field.get_currency_field(record)]
                return formatLang(self.env, value, currency_obj=currency)
            case "boolean":
                return self.env._("Yes") if value else ""
            case "many2one":
                # sudo: the name of a linked record is shown even if it may not be opened
                return value.sudo().display_name if value else ""
        return f"{value:g}" if field.type == "float" else str(value or "")
