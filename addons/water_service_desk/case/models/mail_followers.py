from odoo import api, models
from odoo.tools import SQL

from ...base.models.base import OURS

#: Records followed at once from which the database adds the rows by itself.
MANY = 50


class MailFollowers(models.Model):
    """Whoever has a to-do follows its record: the sweep gives thousands of them at once."""

    _inherit = "mail.followers"

    def _insert_followers(
        self,
        res_model,
        res_ids,
        partner_ids,
        subtypes=None,
        customer_ids=None,
        check_existing=True,
        existing_policy="skip",
    ):
        """As Odoo does; one statement where many records of ours are followed as usual."""
        is_usual = not subtypes and existing_policy == "skip" and partner_ids
        if is_usual and res_model.startswith(OURS) and len(res_ids) >= MANY:
            self._follow_many(res_model, res_ids, partner_ids, customer_ids)
            return None
        how = {"customer_ids": customer_ids, "check_existing": check_existing}
        return super()._insert_followers(
            res_model, res_ids, partner_ids, subtypes, existing_policy=existing_policy, **how
        )

    @api.model
    def _follow_many(self, res_model, res_ids, partner_ids, customer_ids):
        """Have ``partner_ids`` follow what they do not follow yet, with the usual subtypes."""
        default, _internal, external = self.env["mail.message.subtype"].default_subtypes(res_model)
        if customer_ids is None:
            # sudo: res.partner - who of them is a customer, as Odoo asks
            shared = [("id", "in", partner_ids), ("partner_share", "=", True)]
            customer_ids = self.env["res.partner"].sudo().search(shared).ids
        self.flush_model()
        customers = set(partner_ids) & set(customer_ids)
        self._add_rows(res_model, res_ids, list(customers), external.ids)
        self._add_rows(res_model, res_ids, list(set(partner_ids) - customers), default.ids)
        followed = self.env[res_model].browse(res_ids)
        followed.modified(["message_follower_ids"])
        followed.invalidate_recordset(["message_follower_ids"], flush=False)

    @api.model
    def _add_rows(self, res_model, res_ids, partner_ids, subtype_ids):
        self.env.cr.execute(
            SQL(
                """
                WITH added AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT %(model)s, record, partner
                      FROM unnest(%(records)s::int[]) AS record,
                           unnest(%(partners)s::int[]) AS partner
                        ON CONFLICT DO NOTHING
                 RETURNING id)
                INSERT INTO mail_followers_mail_message_subtype_rel
                       (mail_followers_id, mail_message_subtype_id)
                SELECT added.id, subtype
                  FROM added, unnest(%(subtypes)s::int[]) AS subtype
                """,
                model=res_model,
                records=list(res_ids),
                partners=partner_ids,
                subtypes=subtype_ids,
            )
        )
