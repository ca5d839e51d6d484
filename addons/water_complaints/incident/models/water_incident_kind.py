from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.water_service_desk.base.models.res_company import check_most

#: Within a year at most do cases cluster.
MINUTES = 525_600
#: Effects on the supply; entitlements by rule depend on them.
NATURES = [
    ("outage", "No water"),
    ("pressure", "Low pressure"),
    ("quality", "Water quality"),
    ("other", "Something else"),
]
#: XML ids of the delivered categories and departments of each kind: only cases of ``categories``
#: are linked, those of ``early`` before planned work begins.
NAMED = {
    "outage": {
        "categories": "ot01 ot02 ot03 ot05 ot06 ot07 lk01 dm01",
        "departments": "net dsp",
    },
    "planned": {
        "categories": "ot01 ot02 ot03 ot05 ot06 ot07",
        "early": "ot06 ot07",
        "late": "ot05",
        "departments": "dsp csc",
    },
    "pressure": {"categories": "pr01 pr02", "departments": "dsp net"},
    "quality": {
        "categories": "wq01 wq02 wq03 wq05 wq06",
        "departments": "lab safe dsp csc",
    },
    "other": {"categories": "lk02 lk05 lk07 cn01 cn02 cn03 ss01 dm01", "departments": "net safe"},
}


class WaterIncidentKind(models.Model):
    """The emergency plan of a kind of incident (应急预案): steps, words, thresholds, clocks,
    people.

    Texts may contain {subject}, {cause}, {since}, {until} and {advice}; unknown values stay empty.
    A company edits and adds kinds without code.
    """

    _name = "water.incident.kind"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Kind of Incident"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    nature = fields.Selection(NATURES, required=True, default="other")
    is_planned = fields.Boolean(string="Planned", help="Announced work, such as a planned outage.")
    plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Emergency Plan",
        domain="[('res_model', '=', 'water.incident')]",
        ondelete="set null",
    )
    category_ids = fields.Many2many(
        "water.category",
        "water_incident_kind_category_rel",
        "kind_id",
        "category_id",
        string="Linked Categories",
        help="Cases of these categories, in the area and the time of the incident; no others.",
    )
    early_category_ids = fields.Many2many(
        "water.category",
        "water_incident_kind_early_rel",
        "kind_id",
        "category_id",
        string="Before It Begins",
        help="Which of them hang on planned work that is still to come.",
    )
    late_category_id = fields.Many2one(
        "water.category",
        string="After the Announced End",
        help="What a call is about when planned work takes longer than announced.",
    )
    case_count = fields.Integer(
        string="Proposed by Cases", help="0: as in the settings of the company."
    )
    minutes = fields.Integer(string="Within Minutes", help="0: as in the settings of the company.")
    threshold = fields.Char(string="Proposed by a Cluster", compute="_compute_threshold")
    starts_on_site = fields.Boolean(
        string="On-site Clocks Run",
        default=True,
        help="Off: no one needs to come on site for the cases, for example for planned work.",
    )
    told_is_contact = fields.Boolean(
        string="Telling Meets the Contact Clock",
        default=True,
        help="Customers who received the update count as contacted at that time.",
    )
    counts_minutes = fields.Boolean(
        string="Minutes without Supply", help="Minutes × households go into the statistics."
    )
    warn_department_ids = fields.Many2many(
        "water.department",
        "water_incident_kind_department_rel",
        "kind_id",
        "department_id",
        string="Departments Warned",
        help="Their heads and people on call hear of every incident of the kind.",
    )
    warn_user_ids = fields.Many2many(
        "res.users",
        "water_incident_kind_user_rel",
        "kind_id",
        "user_id",
        string="People Warned",
        domain="[('share', '=', False)]",
    )
    spoken_text = fields.Char(translate=True, help="What the agent sees, and can say, at once.")
    news_subject = fields.Char(translate=True)
    news_text = fields.Text(translate=True, help="Draft of the news, put right before it is sent.")
    expected_text = fields.Char(
        string="Sentence about the End",
        translate=True,
        help="By when it is expected to be over: added to the news when a time is known.",
    )
    end_name = fields.Char(string="Name of Its End", required=True, translate=True)
    end_subject = fields.Char(translate=True)
    end_text = fields.Text(translate=True, help="Draft of what all are told at the end.")
    advice_boil = fields.Char(string="Advice: Boil", translate=True)
    advice_drink = fields.Char(string="Advice: Do Not Drink", translate=True)
    advice_use = fields.Char(string="Advice: Do Not Use", translate=True)
    advice_unknown = fields.Char(string="Advice: Not Yet Known", translate=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A kind with this code exists already.")
    _threshold_sane = models.Constraint(
        "CHECK (case_count >= 0 AND case_count <> 1 AND minutes >= 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )

    @api.constrains("minutes")
    def _check_minutes(self):
        check_most(self, "minutes", MINUTES)

    @api.depends("case_count", "minutes", "is_planned")
    @api.depends_context("company", "lang")
    def _compute_threshold(self):
        """The numbers that hold, in words; 0 stands for the company's setting."""
        company = self.env.company
        for kind in self:
            words = self.env._(
                "%(cases)s cases in %(minutes)s min",
                cases=kind._cases_needed(company),
                minutes=int(kind._span(company).total_seconds() // 60),
            )
            if kind.is_planned:
                words = self.env._("never: it is planned")
            elif not (kind.case_count and kind.minutes):
                words = self.env._("%s (company's setting)", words)
            kind.threshold = words

    # -- which kind it is ---------------------------------------------------------------------

    @api.model
    def _fitting(self, nature, is_planned):
        kinds = self.search([("nature", "=", nature)])
        return (kinds.filtered(lambda kind: kind.is_planned == is_planned) or kinds)[:1]

    @api.model
    def _by_category(self):
        kinds = self.search([("is_planned", "=", False)])
        found = {}
        for kind in kinds:
            for category in kind.category_ids:
                found.setdefault(category, kind)
        return found, kinds.filtered(lambda kind: kind.nature == "other")[:1]

    def _cases_needed(self, company):
        return self.case_count or company.water_incident_cases

    def _span(self, company):
        """Return the time within which cases count together."""
        return timedelta(minutes=self.minutes or company.water_incident_minutes)

    def _people_warned(self, company):
        kind = self.sudo()
        departments = kind.warn_department_ids.filtered(
            lambda row: row.company_id in (company, company.browse())
        )
        people = departments.manager_id | departments.deputy_id | departments.on_call_user_ids
        return people | kind.warn_user_ids.filtered(lambda user: company in user.company_ids)

    # -- words --------------------------------------------------------------------------------

    def _worded(self, name, words):
        text = self[name] or ""
        for sign, word in words.items():
            text = text.replace(f"{{{sign}}}", word or "")
        return text.strip()

    def _advice(self, notice):
        """Return the advice while a notice about the water holds.

        :param notice: ``boil``, ``drink``, ``use``, or False
        """
        return self[f"advice_{notice or 'unknown'}"] or ""

    # -- data of the addon --------------------------------------------------------------------

    @api.model
    def _name_what_the_desk_brings(self):
        """Fill the kinds that name no category yet, once: later choices stay (called by data)."""

        def rows(prefix, codes):
            names = [f"water_service_desk.{prefix}_{code}" for code in codes.split()]
            found = [self.env.ref(name, raise_if_not_found=False) for name in names]
            return [row.id for row in found if row]

        for code, named in NAMED.items():
            kind = self.env.ref(f"water_complaints.incident_kind_{code}", False)
            if kind and not kind.category_ids:
                kind.write(
                    {
                        "category_ids": rows("category", named["categories"]),
                        "early_category_ids": rows("category", named.get("early", "")),
                        "late_category_id": (rows("category", named.get("late", "")) or [False])[0],
                        "warn_department_ids": rows("department", named["departments"]),
                    }
                )
