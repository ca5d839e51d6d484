from markupsafe import Markup

from odoo import api, fields, models, tools

from ...base.roles import CONTACT_GROUPS, SUPERVISOR
from ...base.turns import look_again
from ..in_hand import in_hand


class ResUsers(models.Model):
    _inherit = "res.users"

    water_department_ids = fields.Many2many(
        "water.department",
        "water_department_user_rel",
        "user_id",
        "department_id",
        string="Water Departments",
        help="Departments whose dispatches this person works on.",
    )

    water_channel_ids = fields.Many2many(
        "water.channel",
        "water_channel_user_rel",
        "user_id",
        "channel_id",
        string="Channels of the Integration",
        help="An integration hands in, reads back and adds to the cases of these channels alone.",
    )

    water_badge = fields.Char(
        string="Badge Number",
        copy=False,
        help="What customers are told of who serves them, on the telephone, pages and letters.",
    )

    _water_badge_uniq = models.UniqueIndex(
        "(water_badge, company_id) WHERE water_badge IS NOT NULL",
        "Somebody else has this badge number.",
    )

    @api.model
    def _get_invalidation_fields(self):
        """The rules of records ask for it, and are remembered for each person."""
        return super()._get_invalidation_fields() | {"water_department_ids", "partner_id"}

    @tools.ormcache("self.id")
    def _water_own_matters(self):
        """What of the user's is at home as a customer: ``(ids of accounts, names of models)``.

        Of the models those in which a case names him. Kept in memory, for each look at cases asks;
        of customers themselves nothing, whose door is another.
        """
        # sudo: res.users, case - asked by the record rules themselves
        user = self.sudo()
        if user.share or not user.partner_id:
            return (), ()
        named = [
            model
            for model in self.env["water.case.link.mixin"]._case_models().values()
            if self.env[model].sudo()._names_customer(user.partner_id)
        ]
        return tuple(user._own_accounts().ids), tuple(named)

    def _own_accounts(self):
        """Accounts that are the user's own matter; rooms know for which he acts."""
        accounts = self.env["water.account"].with_context(active_test=False)
        return accounts.search([("partner_id", "=", self.partner_id.id)])

    def write(self, vals):
        """Whoever leaves has work in hand: those who can hand it over hear of it."""
        gone = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        for user in gone.filtered(lambda user: not user.share):
            user._tell_left_work()
        return result

    def _tell_left_work(self):
        """Tell the supervisors of each company what the user leaves behind that is open."""
        counts, other = {}, self._left_beside_cases()
        for model in self.env["water.case.link.mixin"]._case_models().values():
            # sudo: case - counted alone, whoever may see them
            cases = self.env[model].sudo()
            mine = ["|", ("first_responsible_id", "=", self.id), ("user_id", "=", self.id)]
            open_ = [*mine, ("state", "not in", tuple(cases._final_states))]
            look_again(cases, open_)
            for company, count in cases._read_group(open_, ["company_id"], ["__count"]):
                counts[company] = counts.get(company, 0) + count
        # sudo: res.groups - whoever closes a login may have the supervisors told
        supervisors = self.env.ref(SUPERVISOR).sudo().all_user_ids
        for company in {**counts, **other}:
            people = supervisors.filtered(lambda user, c=company: c in user.company_ids)
            words = self._left_work_words(counts.get(company, 0), other.get(company, {}))
            self.env["water.staff.message"]._tell(people, words)

    def _left_beside_cases(self):
        """``{company: {model: how many}}`` of visits, calls, decisions … that lie with the user."""
        found = {}
        for model, field, domain in in_hand(self.env, self._name):
            # sudo: what lies with him is counted alone, whoever may see it
            rows = self.env[model].sudo()
            mine = [(field, "=", self.id), *domain]
            for company, count in rows._read_group(mine, ["company_id"], ["__count"]):
                counts = found.setdefault(company or self.company_id, {})
                counts[model] = counts.get(model, 0) + count
        return found

    def _left_work_words(self, count, other):
        """What the supervisors read, as a function of an environment.

        :param count: of open cases
        :param other: {model: how many} of what else lies with him
        """
        name = self.name

        def compose(env):
            subject = env._("%(person)s has left: work lies open", person=name)
            if count:
                subject = env._(
                    "%(person)s has left: %(count)s open cases", person=name, count=count
                )
            # sudo: ir.model - names of what lies open
            models_ = {env["ir.model"].sudo()._get(model): many for model, many in other.items()}
            lines = [
                Markup("<li>%s: %s</li>") % (kind.name, many) for kind, many in models_.items()
            ]
            body = env._("Hand them over to somebody, so that customers are answered.")
            return subject, Markup("<p>%s</p><ul>%s</ul>") % (body, Markup("").join(lines))

        return compose

    @api.model
    def _water_reads_contact(self):
        """Whether the present user may see who customers are and how to reach them (S2.2.4).

        Portal users and the public see what the gateway hands out, which is their own.
        """
        return self.env.user._reads_customers()

    def _reads_customers(self):
        """The same of one user, whoever asks."""
        self.ensure_one()
        user = self.with_user(self)
        return not user._is_internal() or user.has_groups(CONTACT_GROUPS)
