from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.trust import is_trusted, trusted
from ...base.words import said
from ..scrub import Scrubber

PRIVACY = "water_service_desk.group_privacy"


class WaterErasureMixin(models.AbstractModel):
    """Takes the person out of a record and leaves the record (PIPL art. 47, S2.2.4).

    What happened, when and how it ended stays for statistics and evidence; who it was goes.
    """

    _name = "water.erasure.mixin"
    _description = "Personal Data can be Erased"

    erased_at = fields.Datetime(string="Personal Data Erased", readonly=True, copy=False)
    legal_hold = fields.Boolean(
        copy=False, help="Needed as evidence: nothing of it is erased, however old it is."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_hold({name for vals in vals_list for name in vals if vals[name]})
        return super().create(vals_list)

    def write(self, vals):
        self._check_hold(vals)
        return super().write(vals)

    @api.model
    def _check_hold(self, names):
        """Legal hold is set by privacy officers, the mark of erasure by the erasure alone."""
        if is_trusted(self.env) or not {"erased_at", "legal_hold"} & set(names):
            return
        if "erased_at" in names or not (self.env.su or self.env.user.has_group(PRIVACY)):
            raise AccessError(self.env._("Only privacy officers decide what is kept or erased."))

    def _check_eraser(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(PRIVACY)):
            raise AccessError(self.env._("Only privacy officers erase personal data."))

    def _erasure_hindrances(self):
        """Why the data of the record has to stay: sentences, none when it may go."""
        self.ensure_one()
        if self.legal_hold:
            return [self.env._("it is under legal hold")]
        return []

    def _anonymise(self, reason):
        """Erase the personal data of the records, for good.

        :param reason: who asked for it or which rule, required
        :raises UserError: when one of them has to stay, and then nothing is erased
        """
        if not said(reason):
            raise UserError(self.env._("Say why the data is erased."))
        # sudo: what may go is worked out here, after the check of the dialog or by the rule
        records = trusted(self.sudo().filtered(lambda record: not record.erased_at))
        for record in records:
            hindrances = record._erasure_hindrances()
            if hindrances:
                raise UserError(
                    self.env._(
                        "%(record)s stays as it is: %(why)s.",
                        record=record._erasure_name(),
                        why="; ".join(hindrances),
                    )
                )
        for record in records:
            record._erase(reason.strip())

    def _erase(self, reason):
        """Erase one record that may go."""
        name, links = self._erasure_name(), self._erasure_links()
        scrubber = Scrubber(self._erasure_words())
        self._erase_around(scrubber, reason)
        self.with_context(tracking_disable=True).write(
            {**self._erase_values(scrubber), "erased_at": fields.Datetime.now()}
        )
        self.env["water.privacy.log"]._keep(
            "erase", self._name, record_name=name, row_count=1, note=reason, **links
        )

    def _erasure_name(self):
        """What the log calls the record."""
        return f"{self.env['ir.model']._get(self._name).name} #{self.id}"

    def _erasure_links(self):
        """Values that link the log to the record."""
        return {}

    def _erasure_words(self):
        """The person's data as it may stand in texts: names, numbers, addresses."""
        return []

    def _erase_values(self, scrubber):
        """What the record holds afterwards; heirs say it."""
        return {}

    def _erase_around(self, scrubber, reason):
        """Hook: erase what belongs to the record."""

    @api.model
    def _scrubbed(self, record, names, scrubber):
        """{field: text without the person} of those of ``names`` that change."""
        return {
            name: clean
            for name in names
            if record[name] and (clean := scrubber(str(record[name]))) != str(record[name])
        }

    @api.model
    def _older_than(self, moment, years):
        """Whether ``moment`` (naive UTC) lies so many years back.

        No years are over at once: another machine, whose clock is ahead, may have written it.
        """
        since = fields.Datetime.now() - relativedelta(years=years)
        return bool(moment) and (not years or moment <= since)
