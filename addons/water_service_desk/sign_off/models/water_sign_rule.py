from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...base.roles import MANAGER, SUPERVISOR
from ...base.scope import uses
from ...case.models.water_case_triage import RANK
from ...case.models.water_category import SEVERITIES

WHAT = [
    ("answer", "Answers and results"),
    ("letter", "Letters"),
    ("order", "Answers to other bodies"),
]
#: How strict a rule is by who signs.
STRICTNESS = {"head": 0, "supervisor": 1, "person": 2, "manager": 3}


class WaterSignRule(models.Model):
    """Which texts a superior signs before they go out, and who signs (签发).

    The first matching rule applies; without a match no signature is needed. If a case changed
    during a round of handling, the strictest rule that matched in the round applies.
    """

    _name = "water.sign.rule"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Rule of Signing"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    what = fields.Selection(WHAT, string="What Goes out", help="Empty: all that goes out.")
    category_ids = fields.Many2many(
        "water.category", string="Categories", help="And what stands below them; empty: all."
    )
    severity = fields.Selection(SEVERITIES, string="Severity from", help="Empty: all.")
    channel_ids = fields.Many2many("water.channel", string="Channels", help="Empty: all.")
    signer = fields.Selection(
        [
            ("head", "Head of the department"),
            ("supervisor", "Supervisors of the service desk"),
            ("manager", "Managers"),
            ("person", "A certain person"),
        ],
        string="Who Signs",
        required=True,
        default="supervisor",
    )
    person_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    deputy_ids = fields.Many2many(
        "res.users", string="Deputies", domain="[('share', '=', False)]", help="Sign as well."
    )

    @api.constrains("signer", "person_id")
    def _check_person(self):
        for rule in self:
            if rule.signer == "person" and not rule.person_id:
                raise ValidationError(self.env._("Choose the person who signs."))

    @api.model
    def _rule_for(self, case, what):
        """Return the rule for signing a text of ``case``, or an empty recordset.

        :param what: key of :data:`WHAT`
        """
        if not uses(self.env, "water_service_desk.group_use_sign_off"):
            return self.browse()
        # sudo: water.sign.rule - authors must know who signs
        rules = self.sudo().browse(self._of_company(case.company_id.id))
        found = rules.browse()
        for facts in self._facts_of_round(case) if rules else ():
            rule = next((rule for rule in rules if rule._fits(facts, what)), found)
            if not found or rule._is_stricter(found):
                found = rule
        return found

    def _is_stricter(self, other):
        return STRICTNESS[self.signer] > STRICTNESS[other.signer]

    @api.model
    def _facts_of_round(self, case):
        """Yield ``(categories, severity, channel)`` of the case now and before each change.

        Changes of earlier rounds of handling are left out.
        """
        case = case.sudo()
        category, severity, channel = case.category_id, case.severity, case.channel_id
        yield category, severity, channel
        for event in case.event_ids.sorted("id", reverse=True):
            payload = event.payload or {}
            if event.kind == "reopened":
                return
            if event.kind == "severity_changed":
                severity = payload.get("from", severity)
            elif event.kind == "triaged":
                if "category" in payload:
                    category = self._by_code(category, payload["category"][0])
                if "channel" in payload:
                    channel = self._by_code(channel, payload["channel"][0])
            else:
                continue
            yield category, severity, channel

    @api.model
    def _by_code(self, records, code):
        return records.with_context(active_test=False).search([("code", "=", code)])

    @api.model
    @tools.ormcache("company_id")
    def _of_company(self, company_id):
        return tuple(self.sudo().search([("company_id", "=", company_id)]).ids)

    def _fits(self, facts, what):
        category, severity, channel = facts
        family = category | category.parent_id
        return (
            self.what in (False, what)
            and (not self.category_ids or bool(self.category_ids & family))
            and (not self.severity or RANK[severity] >= RANK[self.severity])
            and (not self.channel_ids or bool(channel & self.channel_ids))
        )

    def _signers(self, case):
        case = case.sudo()
        people = {
            "head": lambda: case.department_id.manager_id or self.env.ref(SUPERVISOR).all_user_ids,
            "supervisor": lambda: self.env.ref(SUPERVISOR).all_user_ids,
            "manager": lambda: self.env.ref(MANAGER).all_user_ids,
            "person": lambda: self.person_id,
        }[self.signer]()
        return case._may_hear(people | self.deputy_ids)
