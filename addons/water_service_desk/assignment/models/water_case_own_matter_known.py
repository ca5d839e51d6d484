from functools import partial

from markupsafe import Markup

from odoo import models

from ...base.roles import MANAGER
from ...base.tables import table


class WaterCaseMixin(models.AbstractModel):
    """That a member of the staff becomes the customer of a case, or is none any more, is known.

    The case is closed to him, or open again: nobody hides it from those above him, or gets it back,
    without that they and the chain of events are told who has written it down.
    """

    _inherit = "water.case.mixin"

    _reactions = {
        "partner_id": ("_on_customers_changed",),
        "account_id": ("_on_customers_changed",),
    }

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        for case in self if self._customer_users() else ():  # asked once: hardly ever there is one
            case._keep_own_matter(case._customer_users() - self.env.user, self.env["res.users"])

    def _on_customers_changed(self, before, vals):
        for case in self:
            was, is_now = case._former_customer_users(before[case.id]), case._customer_users()
            case._keep_own_matter(is_now - was, was - is_now)

    def _former_customer_users(self, before):
        """Members of the staff whose matter the case was.

        :param before: {name of a field: what it was}
        """
        case = self.sudo()
        account = before.get("account_id", case.account_id).sudo()
        people = (before.get(name, case[name]) for name in table(self, "_customer_fields"))
        return self._staff_among(account._own_people().union(*people))

    def _keep_own_matter(self, named, dropped):
        """Write down who of the staff is a customer of the case now, or none any more; tell it.

        :param named: res.users
        :param dropped: res.users
        """
        if not named | dropped:
            return
        self._log_events("own_matter", {"named": named.ids, "dropped": dropped.ids})
        # sudo: case, res.users - who may see it, of everybody
        case = self.sudo()
        above = case._may_hear(case.env.ref(MANAGER).all_user_ids) | case._desk_supervisors()
        for people, words in ((named, self._named_words), (dropped, self._dropped_words)):
            if people:
                # sudo: res.users - names of staff
                names = ", ".join(people.sudo().mapped("name"))
                compose = partial(words, names, self.env.user.sudo().name)
                self.env["water.staff.message"]._tell(above - people, compose, record=self)
                self.env["water.staff.message"]._tell(people, compose)

    def _named_words(self, names, actor, env):
        subject = env._("%s: a member of the staff is its customer", self.name)
        body = env._(
            "%(actor)s has written down %(people)s as its customer, or as who speaks for the"
            " customer: as staff they see nothing of it. If that is wrong, have it put right.",
            actor=actor,
            people=names,
        )
        return subject, Markup("<p>%s</p>") % body

    def _dropped_words(self, names, actor, env):
        subject = env._("%s: no member of the staff is its customer any more", self.name)
        body = env._(
            "%(actor)s has written down that it is not the matter of %(people)s: as staff they see"
            " it again. If that is wrong, have it put right.",
            actor=actor,
            people=names,
        )
        return subject, Markup("<p>%s</p>") % body
