from odoo import api, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.case.births import AGAIN, PART

#: What is known of whoever speaks for the customer, beside his contact.
SPEAKER = ("representative_name", "representative_relation", "representative_authority")
SPEAKER += ("representative_may_read", "representative_is_told", "representative_id")


class WaterComplaint(models.Model):
    """Who speaks for the customer is told what the customer is told (S3.2.1, S3.2.3)."""

    _inherit = "water.complaint"

    _customer_fields = frozenset({"representative_id"})
    _reactions = {"representative_id": ("_on_customer_named", "_on_customers_changed")}
    _goes_along = {**dict.fromkeys(SPEAKER, (AGAIN, PART)), "is_represented": (PART,)}

    def _also_told(self):
        """A representative whose contact and authority are on record gets the messages."""
        case = self.sudo()
        people = super()._also_told()
        lawful = case.is_represented and case.representative_is_told
        # whoever has filed as a delegate is told as long as the delegation holds, not longer
        if lawful and case.representative_authority and not case.delegation_id:
            people |= case.representative_id
        return people - case.partner_id

    def _portal_voices(self):
        """What he answers to his copies of mails is the customer's word."""
        return super()._portal_voices() | self.sudo().representative_id

    def _notice_address(self):
        """Where letters go by mail: to the customer, else to who speaks for him."""
        case = self.sudo()
        return case.email_from or case._also_told()[:1].email

    @api.model
    def _not_delicate(self):
        return super()._not_delicate() & Domain("is_confidential", "=", False)

    @api.model
    def _delegated_values(self, vals, partner):
        """A complaint of a delegate is one on behalf of the holder."""
        values = super()._delegated_values(vals, partner)
        if not values.get("delegation_id"):
            return values
        row = self.env["water.account.delegate"].sudo().browse(values["delegation_id"])
        told = row.with_context(lang=row.company_id.partner_id.lang)
        labels = dict(row._fields["relation"]._description_selection(told.env))
        return values | {
            "is_represented": True,
            "representative_name": partner.name,
            "representative_relation": labels[row.relation],
            "representative_authority": told.env._(
                "Delegation no. %(number)s of the account, accepted on %(day)s.",
                number=row.id,
                day=row.company_id._water_today(row.accepted_at),
            ),
            "representative_id": partner.id,
        }
