from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.roles import CASE_GROUPS
from ...base.trust import trusted
from ...base.turns import look_again, share
from ...privacy.masking import mask_address, mask_email, mask_name, mask_phone
from ...privacy.models.water_export_mixin import STAFF
from ..initials import initials

#: What the privacy log holds of words.
LOGGED = ("domain", "note", "record_name")
#: By which an account names its holder.
HELD = ("water.account", "partner_id")


class ResPartner(models.Model):
    """A customer as a contact: exports are kept and masked, his data can be erased."""

    _name = "res.partner"
    _inherit = ["res.partner", "water.export.mixin", "water.erasure.mixin"]
    _package = (
        *("name", "phone", "email", "street", "street2", "city", "zip", "lang"),
        *("water_wechat_openid", "create_date"),
    )

    water_wechat_openid = fields.Char(
        string="WeChat OpenID",
        copy=False,
        groups=CASE_GROUPS,
        help="The customer's identity with the company's official account.",
    )
    water_initials = fields.Char(
        string="Initials",
        compute="_compute_water_initials",
        store=True,
        groups=CASE_GROUPS,
        help="Of the name in pinyin, for whoever types “zw” for 张伟.",
    )
    # looked up for every ringing telephone
    phone_sanitized = fields.Char(index="btree_not_null")

    #: people are looked up by the beginning of their name, whatever the database's collation
    _water_name_idx = models.Index("(name text_pattern_ops)")
    _water_initials_idx = models.Index("(water_initials text_pattern_ops)")
    #: colleagues among all the customers: what departments read
    _water_staff_idx = models.Index("(id) WHERE partner_share IS NOT TRUE")

    @api.depends("name")
    def _compute_water_initials(self):
        for partner in self:
            partner.water_initials = initials(partner.name) or False

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {
            "name": mask_name,
            "water_initials": mask_name,
            "display_name": mask_name,
            "complete_name": mask_name,
            "phone": mask_phone,
            "phone_sanitized": mask_phone,
            "email": mask_email,
            "email_normalized": mask_email,
            "email_formatted": mask_email,
            "street": mask_address,
            "street2": mask_address,
            "contact_address": mask_address,
            "vat": mask_phone,
        }

    @api.model
    def _seen_customers(self, keys):
        """Customers and no colleagues; for whoever has no part in the service, its own alone."""
        ours = self.env.user.has_groups(STAFF)
        if not all(isinstance(key, int) for key in keys):  # values that a grouping shows
            return keys if ours else []
        # sudo: res.partner - asked what they are, nothing is told
        people = self.sudo().browse(keys).filtered("partner_share")
        if not ours:
            people = people.filtered("water_is_customer")
        return people.ids

    # -- erasure --------------------------------------------------------------------------

    def _own_addresses(self):
        """The further addresses of a person; the contacts of a company are people of their own."""
        if self.is_company:
            return self.browse()
        below = [("parent_id", "=", self.id), ("type", "!=", "contact")]
        return self.with_context(active_test=False).search(below).with_env(self.env)

    def _water_cases(self):
        """{case model: the contact's cases}."""
        return {
            model: self.env[model].search([("partner_id", "=", self.id)])
            for model in self.env["water.case.link.mixin"]._case_models().values()
        }

    def _check_eraser(self):
        """Nobody erases cases that are closed to him, nor reads in what stays that they are there.

        :raises UserError: as the package does, which shows all of it
        """
        super()._check_eraser()
        if not self.env.su and any(person._has_closed_matters() for person in self):
            raise UserError(
                self.env._(
                    "Some of it is closed to you, such as a complaint about yourself or of another"
                    " company: another privacy officer erases it."
                )
            )

    def _has_closed_matters(self):
        """Whether a case or an account of his is closed to the user, in whichever company."""
        mine = self.env.user.company_ids.ids
        his = [("partner_id", "in", (self | self._own_addresses()).ids)]
        for model in ("water.account", *self._water_cases()):
            rows = self.env[model].with_context(active_test=False, allowed_company_ids=mine)
            # sudo: how many there are, to say that some are closed
            if rows.sudo().search_count(his) > rows.search_count(his):
                return True
        return False

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        if not self.partner_share or self.ref_company_ids:
            hindrances.append(self.env._("it is a colleague or a company of the house"))
        if self.env["water.account"].search_count([("partner_id", "=", self.id)], limit=1):
            hindrances.append(self.env._("it holds an open account"))
        for place in self._own_addresses():
            hindrances += place._erasure_hindrances()
        for cases in self._water_cases().values():
            for case in cases.filtered(lambda case: not case.erased_at):
                why = case._erasure_hindrances()
                hindrances += [f"{case.name}: {reason}" for reason in why]
        return hindrances

    def _erasure_words(self):
        return [self.name, self.phone, self.email, self.street]

    def _erase(self, reason):
        """He is kept from new cases by now; one that was filed meanwhile is erased as well."""
        super()._erase(reason)
        for model, name in self._named_in():
            look_again(self.env[model].with_context(active_test=False), [(name, "=", self.id)])

    def _named_in(self):
        """Hook: ``(model, field)`` of what keeps him from being erased, or is erased with him."""
        return [*((model, "partner_id") for model in self._water_cases()), HELD]

    def _check_known(self):
        """Rely on them; whoever erases one of them waits, and sees what was added meanwhile.

        :raises UserError: for somebody who was erased: what names him would never forget him
        """
        # sudo: res.partner - asked whether they were erased, nothing of them
        people = self.sudo()
        share(people)
        if people.filtered("erased_at"):
            raise UserError(
                self.env._(
                    "The data of this customer was erased. Whoever comes anew is entered as a new"
                    " contact."
                )
            )

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for place in self._own_addresses().filtered(lambda place: not place.erased_at):
            place._erase(reason)
        for cases in self._water_cases().values():
            cases._anonymise(reason)
        logins = self.with_context(active_test=False).user_ids
        for login in logins:
            login.write({"active": False, "login": f"erased-{login.id}", "signature": False})
        self._erase_elsewhere(scrubber)
        self.env["bus.bus"]._forget(self.message_ids)
        self.message_ids.unlink()
        files = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        either = ["|", ("res_field", "=", False), ("res_field", "!=", False)]
        self.env["ir.attachment"].search(files + either).unlink()

    def _erasure_places(self):
        """{model: its fields} in which he may stand without a link to him; rooms know of more."""
        return {
            "ir.filters": ("name", "domain", "context"),
            "ir.embedded.actions": ("name", "domain", "context"),
            "ir.default": ("json_value",),
            "water.privacy.log": LOGGED,
        }

    def _erase_elsewhere(self, scrubber):
        """Where he stands without being linked: saved filters, the privacy log, mails and SMS."""
        words = [word for word in self._erasure_words() if word]
        for model, names in self._erasure_places().items():
            rows = trusted(self.env[model].with_context(active_test=False))
            known = Domain.OR(Domain(name, "ilike", word) for name in names for word in words)
            for row in rows.search(known):
                named = [name for name in names if scrubber.knows(row[name])]
                row.write({name: scrubber(row[name]) for name in named})
        mails, reach = self.env["mail.mail"], Domain("recipient_ids", "in", self.ids)
        if self.email:
            reach |= Domain("email_to", "ilike", self.email)
        mails.search(reach)._erase_sent()
        numbers = [number for number in (self.phone, self.phone_sanitized) if number]
        if "sms.sms" in self.env:  # of an app that need not be there
            self.env["sms.sms"].search([("number", "in", numbers)]).unlink()

    def _erase_values(self, scrubber):
        gone = ("phone", "email", "street", "street2", "zip", "vat", "website", "comment", "ref")
        return {
            **super()._erase_values(scrubber),
            **dict.fromkeys(gone, False),
            "name": self.env._("Erased customer %s", self.id),
            "function": False,
            "water_wechat_openid": False,
            "image_1920": False,
            "active": False,
        }
