from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import AGENT
from ...base.tables import table
from ...base.trust import is_trusted


class WaterCaseMixin(models.AbstractModel):
    """Who may change what in a case that is open (S2.2.2)."""

    _inherit = "water.case.mixin"

    #: what others than the desk may write: what they found and did
    _worker_fields = frozenset({"user_id", "state", "stage_id"})
    #: what is written down while the case is open, and by nobody afterwards (S3.1.3); rooms add.
    #: Not among it: about whom a complaint is, and who must not know from whom, which may turn out
    #: of one that was merged
    _open_facts = frozenset({"subject", "description", "verbatim", "occurred_at", "severity"}) | {
        "triage_reason",
        *("partner_id", "contact_name", "phone", "email_from", "address", "zone_id"),
        *("account_id", "category_id", "channel_id"),
    }

    def _check_write(self, vals):
        """Refuse edits of what the system keeps, and of the customer's own words."""
        self._refuse_kept(vals.keys())
        if "verbatim" in vals and any(
            case.verbatim and case.verbatim != vals["verbatim"] for case in self
        ):
            raise UserError(self.env._("The customer's own words are never edited."))
        others = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if others - table(self, "_worker_fields") and not self._is_desk():
            raise AccessError(
                self.env._(
                    "Only service agents change the facts of a case; write down your own work."
                )
            )
        category = vals.get("category_id")
        if category and any(case.category_id.id != category for case in self):
            self._check_category_in_use([category])
        self._refuse_finished(
            {name: vals[name] for name in vals.keys() & table(self, "_open_facts")}
        )

    @api.model
    def _refuse_new(self, vals_list):
        super()._refuse_new(vals_list)
        if not (self.env.su or is_trusted(self.env)):
            self._check_category_in_use({vals.get("category_id") for vals in vals_list})

    @api.model
    def _check_category_in_use(self, ids):
        """Nobody puts a case where the company files none any more; what stands there stays.

        :param ids: of water.category, as callers have given them
        :raises UserError: for one that was archived
        """
        known = [number for number in ids if type(number) is int]
        # sudo: water.category - whether there still is such a matter
        for category in self.env["water.category"].sudo().browse(known):
            if not category.active:
                raise UserError(
                    self.env._(
                        "“%s” is not used any more: choose another category.",
                        category.display_name,
                    )
                )

    def _refuse_finished(self, facts):
        """What was written down of a finished case stays as it is; whoever must, reopens it."""
        for case in self.filtered(lambda case: facts and case.state in case._final_states):
            if any(case._is_other(name, value) for name, value in facts.items()):
                raise UserError(
                    self.env._(
                        "%(case)s is finished: what was written down is not changed any more.",
                        case=case.name,
                    )
                )

    def _is_other(self, name, value):
        """Whether a value is another one than the case has, which a form may send back."""
        field = self._fields[name]
        new, old = (field.convert_to_cache(it, self) or False for it in (value, self[name]))
        return new != old

    @api.model
    def _is_desk(self):
        return self.env.su or self.env.user.has_group(AGENT)
