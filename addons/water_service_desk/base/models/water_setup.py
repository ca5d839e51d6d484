from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..roles import AGENT, DEPARTMENT, MANAGER, QUALITY, SUPERVISOR

#: Administrators of companies and users, and of settings.
KEEPER, SYSTEM = "base.group_erp_manager", "base.group_system"
#: Names of so many records stand in one line; the others are counted.
NAMED = 5
SETTINGS = "water_service_desk.action_settings"
#: The parameter that keeps the scope which an administrator has chosen.
SCOPE = "water_service_desk.scope"


class WaterSetup(models.AbstractModel):
    """The first-run checklist: what a company needs before it opens, and whether it is done.

    Other addons add their steps to `_steps`. A step says what is missing and opens the page to fix
    it; where possible it is tested (`_try_<key>`): a mail is sent, a gateway opened.
    """

    _name = "water.setup"
    _description = "Setup Checklist"

    @api.model
    def page(self):
        """Return the checklist of the present company.

        :return: ``{"company", "open", "steps": [{"key", "title", "why", "state", "missing",
            "action", "tries", "choices"}]}``; the state is ``done``, ``open`` or ``later``; a
            choice is ``{"key", "label"}``
        :raises AccessError: for anyone but a manager
        """
        self._check_manager()
        # sudo: water.setup - gaps of the manager's own company
        steps = sorted(self.sudo()._steps(), key=lambda step: step["sequence"])
        count = sum(step["state"] == "open" for step in steps)
        return {"company": self.env.company.name, "open": count, "steps": steps}

    @api.model
    def try_step(self, key=""):
        """Test one step for real and return the result in words.

        :param key: of a step that can be tested
        :return: ``{"is_well", "words"}``
        :raises AccessError: if the user may not fix the step either
        """
        self._check_manager()
        steps = {step["key"] for step in self.sudo()._steps() if step["tries"]}
        if key not in steps:
            raise AccessError(self.env._("There is no such step, or others try it."))
        try:
            # sudo: water.setup - a step that the user may fix
            with self.env.cr.savepoint():  # a failed test is rolled back
                words = getattr(self.sudo(), f"_try_{key}")()
        except UserError as fault:
            return {"is_well": False, "words": str(fault)}
        return {"is_well": True, "words": words}

    @api.model
    def choose(self, key="", choice=""):
        """Answer a step by one of its choices.

        :param key: of the step
        :param choice: key of the choice
        :return: the page, as :meth:`page` returns it
        :raises AccessError: for a choice that the page does not offer to this user
        """
        self._check_manager()
        offered = {
            (step["key"], row["key"]) for step in self.sudo()._steps() for row in step["choices"]
        }
        if (key, choice) not in offered:
            raise AccessError(self.env._("There is no such step, or others try it."))
        # sudo: water.setup - the choice was found among those that the page offers the user
        getattr(self.sudo(), f"_choose_{key}")(choice)
        return self.page()

    @api.model
    def _open_count(self):
        """Return how many required steps an administrator still has."""
        user = self.env.user
        if not (user.has_group(MANAGER) and user.has_group(SYSTEM)):
            return 0
        return self.page()["open"]

    def _check_manager(self):
        user = self.env.user
        # asked before sudo(): a client may name a company that is not its own
        if not user.has_group(MANAGER) or self.env.company not in user.company_ids:
            raise AccessError(self.env._("Only managers see what the company lacks."))

    @api.model
    def _steps(self):
        """Hook: the steps; rooms add theirs to what ``super()`` returns."""
        company = self.env.company
        return [
            self._step(
                "scope",
                5,
                self.env._("Scope"),
                [] if self._scope() else [self.env._("Not chosen yet")],
                SETTINGS,
                why=self.env._("Small leaves all optional parts out, Full uses all of them."),
                group=SYSTEM,
                is_needed=False,
                choices=[
                    {"key": "small", "label": self.env._("Small")},
                    {"key": "full", "label": self.env._("Full")},
                ],
            ),
            self._step(
                "company",
                10,
                self.env._("Company"),
                self._missing_company(company),
                "base.action_res_company_form",
                why=self.env._("Letters are headed by it; its country gives the calendar."),
                group=KEEPER,
            ),
            self._step(
                "hotline",
                20,
                self.env._("Hotline"),
                [] if company.water_hotline else [self.env._("No hotline")],
                SETTINGS,
                why=self.env._("Stands on letters, mails and pages for customers."),
                group=SYSTEM,
            ),
            self._step(
                "people",
                30,
                self.env._("People and Roles"),
                self._missing_people(company),
                "base.action_res_users",
                why=self.env._("Assign each role; people are notified by e-mail."),
                group=KEEPER,
            ),
        ]

    @api.model
    def _scope(self):
        return self.env["ir.config_parameter"].get_param(SCOPE)

    @api.model
    def _keep_scope(self, scope):
        # sudo: ir.config_parameter - called when an administrator has saved the settings
        self.env["ir.config_parameter"].sudo().set_param(SCOPE, scope)

    @api.model
    def _choose_scope(self, scope):
        settings = self.env["res.config.settings"].create({})
        settings.water_scope = scope
        settings._onchange_water_scope()
        settings.set_values()
        self._keep_scope(scope)

    def _step(
        self,
        key,
        sequence,
        title,
        missing,
        action,
        why="",
        group=MANAGER,
        is_needed=True,
        choices=(),
    ):
        """Return one step for the page.

        :param missing: open points, a sentence each
        :param action: XML id of the action that fixes it
        :param group: who may fix it; others are told who can
        :param is_needed: whether the company cannot open without it
        :param choices: answers offered while it is open, each ``{"key", "label"}``
        """
        may_mend = self.env.user.has_group(group)
        return {
            "key": key,
            "sequence": sequence,
            "title": title,
            "why": why,
            "missing": missing,
            "state": "done" if not missing else "open" if is_needed else "later",
            "action": may_mend and action,
            "tries": may_mend and hasattr(self, f"_try_{key}"),
            "choices": list(choices) if may_mend and missing else [],
        }

    @api.model
    def _named(self, records):
        glue = "、" if (self.env.lang or "").startswith("zh") else ", "
        names = glue.join(records[:NAMED].mapped("display_name"))
        more = len(records) - NAMED
        if more <= 0:
            return names
        return self.env._("%(names)s and %(count)s more", names=names, count=more)

    def _missing_company(self, company):
        wanted = {
            "street": self.env._("No address"),
            "country_id": self.env._("No country"),
            "phone": self.env._("No telephone number"),
            "email": self.env._("No e-mail address"),
        }
        return [words for name, words in wanted.items() if not company[name]]

    def _missing_people(self, company):
        missing, staff = [], self.env["res.users"]
        for role in (AGENT, DEPARTMENT, SUPERVISOR, QUALITY, MANAGER):
            group = self.env.ref(role)
            people = group.all_user_ids.filtered(
                lambda user: user.active and not user.share and company in user.company_ids
            )
            staff |= people
            if not people - self.env.ref("base.user_root"):
                missing.append(self.env._("No one has the role: %s", group.full_name))
        mute = (staff - self.env.ref("base.user_root")).filtered(lambda user: not user.email)
        if mute:
            missing.append(self.env._("No e-mail address: %s", self._named(mute)))
        return missing
