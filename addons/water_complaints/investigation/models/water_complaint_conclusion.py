from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.transitions import Missing, Move

PARTIES = ("company", "customer", "property", "third_party", "force_majeure")
SHARES = tuple(f"share_{party}" for party in PARTIES)
#: What a second person confirms; changing it takes his confirmation back.
CONCLUSION = frozenset(
    {"investigation", "finding", "liability", "is_shared", *SHARES, "cause_id", "five_why"}
    | {"basis_evidence_ids"}
)
#: What the customer was told with the result.
TOLD = CONCLUSION - {"cause_id", "five_why"}


class WaterComplaint(models.Model):
    """What an investigation concludes: finding, cause, liability, and what it rests on (S3.2.2).

    Nothing is concluded without evidence, every demand is judged by a rule, and what does not
    fit together is refused in words.
    """

    _inherit = "water.complaint"

    _reactions = dict.fromkeys(sorted(CONCLUSION), ("_on_conclusion",))
    _transitions = {("investigating", "handling"): Move(needs=("_need_finding",))}
    _worker_fields = CONCLUSION | {"demand_ids"}
    _open_facts = CONCLUSION

    investigation = fields.Text(copy=False, help="What was looked at and what it showed.")
    finding = fields.Selection(
        [("upheld", "Upheld"), ("partly", "Partly upheld"), ("not_upheld", "Not upheld")],
        copy=False,
        tracking=True,
    )
    liability = fields.Selection(
        [
            ("company", "Company"),
            ("customer", "Customer"),
            ("property", "Property management"),
            ("third_party", "Third party"),
            ("force_majeure", "Force majeure"),
        ],
        copy=False,
        tracking=True,
    )
    cause_id = fields.Many2one(
        "water.cause",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        domain="[('parent_id', '!=', False)]",
        help="What the investigation has found to be the reason (S3.2.2c).",
    )
    demand_ids = fields.One2many(
        "water.complaint.demand", "complaint_id", string="Demands", copy=False
    )
    basis_evidence_ids = fields.Many2many(
        "water.evidence",
        "water_complaint_basis_rel",
        "complaint_id",
        "evidence_id",
        string="Rests on",
        copy=False,
        domain="[('complaint_id', '=', id), ('struck_at', '=', False)]",
        help="The evidence from which the conclusion follows (S3.1.3).",
    )
    five_why = fields.Text(
        string="Five Whys",
        copy=False,
        help="Why did it happen? And why that? Down to the root of it.",
    )
    is_shared = fields.Boolean(
        string="Shared Liability",
        copy=False,
        help="Several are liable, each in part; the main one is chosen above.",
    )
    share_company = fields.Integer(string="Company (%)", copy=False, aggregator="avg")
    share_customer = fields.Integer(string="Customer (%)", copy=False, aggregator="avg")
    share_property = fields.Integer(string="Property Management (%)", copy=False, aggregator="avg")
    share_third_party = fields.Integer(string="Third Party (%)", copy=False, aggregator="avg")
    share_force_majeure = fields.Integer(string="Force Majeure (%)", copy=False, aggregator="avg")
    validity = fields.Selection(
        [("valid", "Valid complaint"), ("invalid", "Invalid complaint")],
        compute="_compute_validity",
        store=True,
        help="Valid when it is upheld at least in part and the company is liable at least in part.",
    )

    @api.depends("finding", "liability", "is_shared", *SHARES)
    def _compute_validity(self):
        for case in self:
            finding, shares = case._judged()
            liable = finding in ("upheld", "partly") and shares.get("company")
            case.validity = finding and ("valid" if liable else "invalid")

    def _judged(self):
        """The finding that figures go by, and who is liable for how many percent by it."""
        return self.finding, self._shares()

    def _shares(self):
        """Who is liable for how many percent."""
        if not self.is_shared:
            return {self.liability: 100} if self.liability else {}
        return {party: self[f"share_{party}"] for party in PARTIES if self[f"share_{party}"]}

    @api.constrains("is_shared", "liability", *SHARES)
    def _check_shares(self):
        for case in self.filtered("is_shared"):
            shares = case._shares()
            if min(case[name] for name in SHARES) < 0 or sum(shares.values()) != 100:
                raise ValidationError(self.env._("The shares of liability make 100 percent."))
            if len(shares) < 2:
                raise ValidationError(
                    self.env._("Liability that is shared has two parties or more.")
                )
            if shares.get(case.liability, 0) != max(shares.values()):
                raise ValidationError(
                    self.env._("The main liable party is the one with the largest share.")
                )

    # -- what is asked before the conclusion ----------------------------------------------

    def _need_finding(self):
        missing = []
        if not said(self.investigation):
            words = self.env._("write down what the investigation showed")
            missing.append(Missing(words, "investigation"))
        if not self.finding:
            words = self.env._("choose the finding: upheld, partly or not upheld")
            missing.append(Missing(words, "finding"))
        return missing + self._conclusion_gaps()

    def _conclusion_gaps(self):
        """What the conclusion lacks, in words: evidence, judged demands, a sound whole."""
        return (
            self._need_evidence()
            + self._need_judged_demands()
            + self._need_investigations_over()
            + self._conclusion_faults()
        )

    def _need_evidence(self):
        """S3.1.3: facts come first."""
        counted = self.sudo().basis_evidence_ids.filtered(
            lambda row: not row.struck_at and row.complaint_id == self
        )
        if counted:
            return []
        words = self.env._("choose the evidence that the conclusion rests on, at least one piece")
        return [Missing(words, "basis_evidence_ids")]

    def _need_judged_demands(self):
        lines = self.sudo().demand_ids
        if not lines and said(self.demand):
            words = self.env._("list what the customer asks for, and judge each demand")
            return [Missing(words, "demand_ids")]
        waiting = lines.filtered(lambda row: not row.verdict)
        return [
            Missing(self.env._("judge the demand “%s”, and name the rule", line), "demand_ids")
            for line in (row.name.strip().split("\n")[0] for row in waiting)
        ]

    def _need_investigations_over(self):
        waiting = self.sudo().investigation_ids.filtered(
            lambda row: row.state in ("planned", "running")
        )
        return [
            Missing(
                self.env._("finish the investigation “%s”, or cancel it", row.purpose),
                "investigation_ids",
            )
            for row in waiting
        ]

    def _finding_faults(self, finding, liable):
        """What does not fit together of a finding and of who is liable by it.

        :param finding: a value of ``finding``
        :param liable: set of the parties
        """
        # The terms are found by a reader that takes literals beside them for terms as well.
        nobody = finding in ("upheld", "partly") and not liable
        company_in_spite = finding == "not_upheld" and "company" in liable
        customer_alone = finding == "upheld" and liable == {"customer"}
        checks = (
            (nobody, self.env._("it is upheld: choose who is liable")),
            (
                company_in_spite,
                self.env._(
                    "nothing is upheld, so the company is not liable: change one of the two"
                ),
            ),
            (
                customer_alone,
                self.env._(
                    "a complaint about what the customer alone has caused is not upheld in full:"
                    " change the finding or the liability"
                ),
            ),
        )
        return [message for wrong, message in checks if wrong]

    def _conclusion_faults(self):
        """What does not fit together: finding, liability and the judgement of the demands."""
        liable, verdicts = set(self._shares()), set(self.sudo().demand_ids.mapped("verdict"))
        upheld, refused = self.finding == "upheld", self.finding == "not_upheld"
        # The terms are found by a reader that takes literals beside them for terms as well.
        all_supported = refused and verdicts == {"supported"}
        none_supported = upheld and liable == {"company"} and verdicts == {"rejected"}
        checks = (
            (
                all_supported,
                self.env._(
                    "nothing is upheld, yet every demand is supported: change the finding or the"
                    " judgement of the demands"
                ),
            ),
            (
                none_supported,
                self.env._(
                    "everything is upheld and the company alone is liable, yet no demand is"
                    " supported: change the finding or the judgement of the demands"
                ),
            ),
        )
        faults = [message for wrong, message in checks if wrong]
        faults = self._finding_faults(self.finding, liable) + faults
        return [Missing(message, "liability") for message in faults]

    def _verified_payload(self):
        payload = super()._verified_payload()
        return payload | {"finding": self.finding, "cause": self.cause_id.sudo().code or ""}

    # -- keeping the demands --------------------------------------------------------------

    def _after_investigating(self, origins):
        super()._after_investigating(origins)
        self._list_demands()

    def _list_demands(self):
        """What the customer asked for is the first line; whoever investigates splits it."""
        # sudo: water.complaint.demand - the system keeps it, whoever accepted the work
        demands = trusted(self.env["water.complaint.demand"].sudo())
        bare = self.sudo().filtered(lambda case: said(case.demand) and not case.demand_ids)
        demands.create([{"complaint_id": case.id, "name": case.demand} for case in bare])

    # -- guards ---------------------------------------------------------------------------

    def _check_write(self, vals):
        super()._check_write(vals)
        if TOLD & vals.keys() and any(
            case.state in ("notified", "confirmed", "callback") for case in self
        ):
            raise UserError(
                self.env._(
                    "The customer was told the result: the conclusion is changed when they reject"
                    " it."
                )
            )
        if "basis_evidence_ids" in vals and any(not case._may_investigate() for case in self):
            raise AccessError(self._not_investigator())

    @api.constrains("basis_evidence_ids")
    def _check_basis_evidence(self):
        for case in self.sudo():
            if case.basis_evidence_ids.complaint_id - case:
                raise ValidationError(
                    self.env._("The conclusion rests on evidence of this complaint.")
                )

    def _conclusion_changed(self, vals=()):
        """Hook: what a second person confirmed is not the same any more."""

    def _on_conclusion(self, before, vals):
        if not is_trusted(self.env):
            self._conclusion_changed(vals)
