from odoo import api, models


class WaterIntake(models.AbstractModel):
    """Files a case by the rules of its case type."""

    _inherit = "water.intake"

    @api.model
    def _file(self, model, values, files, channel, partner=None, confirmed=False, extra=None):
        """File a case completely or not at all; the same form sent again gives the same case.

        :param model: name of a case model
        :param values: {form field: text as typed}, with ``submission_key``
        :param files: ``(name, seekable binary stream)`` pairs
        :param channel: water.channel of the door
        :param partner: res.partner identified by the door; without one no customer is matched
        :param extra: further values from an integration; None for customers' forms
        :param confirmed: whether the customer has read it back and confirmed
        :raises FilingError: {field: message}; no case is saved then
        :return: the case, with superuser rights
        """
        partner = partner or self.env["res.partner"]
        with self.env.cr.savepoint():
            case = self._file_one(model, values, files, partner, channel, extra)
            if confirmed:
                case._confirm_filing()
        return case

    @api.model
    def _file_one(self, model, values, files, partner, channel, extra):
        """File a customer's form; the interface adds further values."""
        if extra is None:
            return self.env[model]._file_case(values, files, partner, channel)
        return self.env[model]._api_file(values, files, partner, channel, extra)

    @api.model
    def _portal_is_customer(self):
        partner = self.env.user.partner_id
        names = self.env["water.case.link.mixin"]._case_models().values()
        models_ = [self.env[name] for name in names]
        has_account = any(cases._filing_accounts(partner) for cases in models_)
        return has_account or any(cases._portal_count() for cases in models_)
