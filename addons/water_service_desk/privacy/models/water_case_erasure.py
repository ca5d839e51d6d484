from odoo import models

from ...base.trust import trusted
from ..masking import mask_address
from ..scrub import GONE


class WaterCaseMixin(models.AbstractModel):
    """How a case, its rows, its thread and its files forget the customer."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.erasure.mixin"]

    #: years that a finished case is kept with all its data, whoever asks
    _retention_years = 0

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        if self.state not in self._final_states:
            return [*hindrances, self.env._("it is not finished")]
        years = self._kept_for_years()
        if not self._older_than(self.closed_at or self.received_at, years):
            hindrances.append(self.env._("it has to be kept for %(years)s years", years=years))
        return hindrances

    def _kept_for_years(self):
        """Years for which this case is kept once it is finished; heirs may know better."""
        return self._retention_years

    def _erasure_name(self):
        return self.name

    def _erasure_links(self):
        return {
            self.env["water.privacy.log"]._case_field(self._name): self.id,
            "company_id": self.company_id.id,
        }

    def _erasure_words(self):
        customer, account = self.partner_id, self.account_id
        return [
            *(self.contact_name, self.phone, self.phone_normalized, self.email_from, self.address),
            *(customer.name, customer.phone, customer.email, customer.street),
            *(account.code, account.address, account.identity_number),
        ]

    def _erase_values(self, scrubber):
        texts = self._scrubbed(self, self._texts_of(self), scrubber)
        return {
            **super()._erase_values(scrubber),
            **texts,
            **self._scrubbed_trees(self, scrubber),
            "partner_id": False,
            "account_id": False,
            "contact_name": GONE,
            "phone": False,
            "email_from": False,
            "address": mask_address(self.address),
            "position": False,
            "recording_ref": False,
        }

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        rows = self._rows_around()
        self._erase_threads(scrubber, rows)
        self._erase_to_dos(scrubber, rows)
        self._erase_files(rows)
        self._erase_rows(scrubber, rows)
        self._erase_chains(scrubber, rows, reason=reason)

    def _erase_chains(self, scrubber, rows, **facts):
        """Events of the case, and of those of its rows that have a chain of their own."""
        for record in (self, *rows):
            if getattr(record, "_chain_event", None):
                erased = record._erase_events(scrubber)
                if erased["events"] or record == self:
                    record._log_events("erased", {**facts, **erased})

    def _rows_around(self):
        """The rows of other models that belong to the case."""
        rows = []
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto:
                continue  # a view shows rows of others
            if not model._name.startswith("water.") or hasattr(model, "_erase_payload"):
                continue  # evidence has its own way
            links = [
                name
                for name, field in model._fields.items()
                if field.type == "many2one" and field.store and field.comodel_name == self._name
            ]
            if links and model._name != self._name:
                found = model.sudo().with_context(active_test=False)
                rows += trusted(found.search([(links[0], "=", self.id)]))
        return rows
