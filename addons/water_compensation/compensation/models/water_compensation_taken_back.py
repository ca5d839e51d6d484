from lxml import html

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said

from .water_notice import plain


class WaterCompensation(models.Model):
    """Whoever has been told of a compensation hears when it is not paid, and why (S2.1.1).

    He has been told when it was credited, or when a letter of his case named it; what was only
    proposed and refused among the staff is no news to him.
    """

    _inherit = "water.compensation"

    taken_back_at = fields.Datetime(string="Told That It Is Not Paid at", readonly=True, copy=False)

    def _was_told(self):
        """Those whose payees know of them."""
        rows = self.sudo()
        return rows.filtered(lambda row: row.partner_id and (row.told_at or row._is_named()))

    def _is_named(self):
        """Whether a letter to the payee, sent since it was proposed, says its amount."""
        letters = self.complaint_id.notice_ids.filtered(
            lambda letter: letter.sent_at >= (self.proposed_at or self.create_date)
        )
        return self._own_case() is not None and any(map(self._stands_in, letters))

    def _stands_in(self, letter):
        told = self.with_context(lang=letter._letter_lang())
        text = html.fromstring(f"<div>{letter.body or ''}</div>").text_content()
        return plain(told._money()) in plain(text)

    def _after_dropped(self):
        self._tell_taken_back()  # before its penalties go with it
        super()._after_dropped()

    def _tell_taken_back(self):
        """Tell those who know of it that it is not paid; what is owed otherwise is not over."""
        over = self.sudo().filtered(lambda row: row.state in ("refused", "withdrawn"))
        known = over.filtered(lambda row: not row.is_replaced)._was_told()
        # a penalty goes with what it was for, and is not told of beside it
        known -= known.filtered(lambda row: row.penalty_of_id.taken_back_at)
        trusted(known).taken_back_at = fields.Datetime.now()
        template = self.env.ref("water_compensation.mail_template_compensation_taken_back")
        self.env["water.message"]._queue(template, known)

    def _why_taken_back(self):
        return said(self.refuse_reason)

    # -- on his page ------------------------------------------------------------------------

    @api.model
    def _shown_domain(self):
        """What customers may know of, and what they were told is not paid after all."""
        return self._public_domain() | Domain("taken_back_at", "!=", False)

    def _shown_rows(self):
        return self.sudo().filtered_domain(self._shown_domain()).sorted("id")

    def _payment_words(self):
        return self.env._("Not paid") if self.taken_back_at else super()._payment_words()

    def _reason_shown(self):
        """Why it was to be paid, and why it is not."""
        why = self._reason_for_customer()
        if not self.taken_back_at:
            return why
        not_paid = self.env._("Why it is not paid: %s", self._why_taken_back())
        return f"{why}\n{not_paid}"
