from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...base.links import OURS

#: Records followed at once from which the database adds the rows by itself.
MANY = 50


class MailFollowers(models.Model):
    """Assignees of to-dos follow the record: the sweep creates thousands at once.

    Odoo lets every user read who follows what, and so which cases other companies have about whom.
    For our records, readers of the record may read it.
    """

    _inherit = "mail.followers"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain)
            domain &= self._of_open_records(_named_models(domain))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _of_open_records(self, models):
        """Return the domain of followers of readable records, and of other apps' ones.

        :param models: names of the only models in question; None for all, whose access rules the
            database then evaluates
        """
        open_ = ~Domain("res_model", "=like", f"{OURS}%")
        for name in self.pool.descendants(["mail.thread"], "_inherit"):
            model = self.env[name]
            is_asked = name.startswith(OURS) and (models is None or name in models)
            if is_asked and not model._abstract and model.has_access("read"):
                there = model.with_context(active_test=False)._search(Domain.TRUE)
                open_ |= Domain("res_model", "=", name) & Domain("res_id", "in", there)
        return open_

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not self:
            return result
        rest = self - result[0] if result else self
        # sudo: mail.followers - narrowed to those of records that the user may read
        rows, of_rest = self.sudo(), Domain("id", "in", rest.ids)
        models = {name for (name,) in rows._read_group(of_rest, ["res_model"])}
        open_ = rows.search(of_rest & self._of_open_records(models))
        closed = rest - open_.with_env(self.env)
        if not closed:
            return result
        return (result[0] if result else closed) | closed, closed._closed_to_reader

    def _closed_to_reader(self):
        return AccessError(self.env._("Only users who can read a record see its followers."))

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
        """Subscribe ``partner_ids`` to records they do not follow yet, with the usual subtypes."""
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


def _named_models(domain):
    for part in domain.children if getattr(domain, "OPERATOR", "") == "&" else (domain,):
        if getattr(part, "field_expr", "") == "res_model" and part.operator in ("=", "in"):
            return {part.value} if part.operator == "=" else set(part.value)
    return None
