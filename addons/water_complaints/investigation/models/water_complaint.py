import base64
from io import BytesIO

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Move, Refusal

from ...complaint.steps import CONCLUSION, PARTIES, SHARES

#: Fields that the customer was told with the result.
TOLD = CONCLUSION - {"cause_id", "five_why"}
REVIEWERS = (SUPERVISOR, QUALITY)


class WaterComplaint(models.Model):
    """The conclusion of an investigation: finding, cause, liability and their evidence (S3.2.2).

    A conclusion needs evidence and a judgement by a rule for every demand; contradictions are
    refused.
    """

    _inherit = "water.complaint"

    _transitions = {("investigating", "handling"): Move(needs=("_need_finding", "_need_review"))}
    _worker_fields = CONCLUSION | {"demand_ids"}

    investigation = fields.Text(
        copy=False, help="What was looked at and what it showed.", water_open=True
    )
    finding = fields.Selection(
        [("upheld", "Upheld"), ("partly", "Partly upheld"), ("not_upheld", "Not upheld")],
        copy=False,
        tracking=True,
        water_open=True,
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
        water_open=True,
    )
    cause_id = fields.Many2one(
        "water.cause",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        domain="[('parent_id', '!=', False)]",
        help="What the investigation has found to be the reason (S3.2.2c).",
        water_open=True,
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
        water_open=True,
    )
    five_why = fields.Text(
        string="Five Whys",
        copy=False,
        help="Why did it happen? And why that? Down to the root of it.",
        water_open=True,
    )
    is_shared = fields.Boolean(
        string="Shared Liability",
        copy=False,
        help="Several are liable, each in part; the main one is chosen above.",
        water_open=True,
    )
    share_company = fields.Integer(
        string="Company (%)", copy=False, aggregator="avg", water_open=True
    )
    share_customer = fields.Integer(
        string="Customer (%)", copy=False, aggregator="avg", water_open=True
    )
    share_property = fields.Integer(
        string="Property Management (%)", copy=False, aggregator="avg", water_open=True
    )
    share_third_party = fields.Integer(
        string="Third Party (%)", copy=False, aggregator="avg", water_open=True
    )
    share_force_majeure = fields.Integer(
        string="Force Majeure (%)", copy=False, aggregator="avg", water_open=True
    )
    validity = fields.Selection(
        [("valid", "Valid complaint"), ("invalid", "Invalid complaint")],
        compute="_compute_validity",
        store=True,
        help="Valid when it is upheld at least in part and the company is liable at least in part.",
    )

    concluded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    concluded_at = fields.Datetime(readonly=True, copy=False)
    reviewed_by_id = fields.Many2one(
        "res.users", string="Conclusion Confirmed by", readonly=True, copy=False
    )
    reviewed_at = fields.Datetime(string="Conclusion Confirmed at", readonly=True, copy=False)
    needs_review = fields.Boolean(
        string="Needs a Second Person",
        compute="_compute_review",
        help="The conclusion counts only after confirmation by a person who did not investigate.",
    )
    can_review = fields.Boolean(compute="_compute_review", export_string_translation=False)
    _counters = {"evidence_count": "water.evidence"}
    _counted_lists = ("evidence_ids",)

    investigation_ids = fields.One2many(
        "water.investigation", "complaint_id", string="Investigations", copy=False
    )
    evidence_ids = fields.One2many("water.evidence", "complaint_id", copy=False)
    evidence_count = fields.Integer(
        string="Number of Pieces of Evidence", compute="_compute_counts"
    )
    is_investigator = fields.Boolean(
        compute="_compute_is_investigator", export_string_translation=False
    )

    @api.depends("finding", "liability", "is_shared", *SHARES, "finding_final", "liability_final")
    def _compute_validity(self):
        for case in self:
            finding, shares = case._judged()
            liable = finding in ("upheld", "partly") and shares.get("company")
            case.validity = finding and ("valid" if liable else "invalid")

    def _judged(self):
        corrected = self.liability_final and self.liability_final != self.liability
        shares = {self.liability_final: 100} if corrected else self._shares()
        return self.finding_final, shares

    def _shares(self):
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

    # -- questions before the conclusion --------------------------------------------------

    def _need_finding(self):
        missing = []
        if not strip_invisible(self.investigation):
            words = self.env._("write down what the investigation showed")
            missing.append(Missing(words, "investigation"))
        if not self.finding:
            words = self.env._("choose the finding: upheld, partly or not upheld")
            missing.append(Missing(words, "finding"))
        return missing + self._conclusion_gaps()

    def _conclusion_gaps(self):
        return (
            self._need_evidence()
            + self._need_judged_demands()
            + self._need_investigations_over()
            + self._conclusion_faults()
        )

    def _need_evidence(self):
        """Require counted evidence (S3.1.3: facts first)."""
        counted = self.sudo().basis_evidence_ids.filtered(
            lambda row: not row.struck_at and row.complaint_id == self
        )
        if counted:
            return []
        words = self.env._("choose the evidence that the conclusion rests on, at least one piece")
        return [Missing(words, "basis_evidence_ids")]

    def _need_judged_demands(self):
        lines = self.sudo().demand_ids
        if not lines and strip_invisible(self.demand):
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
        """Return contradictions between a finding and its liable parties.

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
                    "no demand is upheld, so the company is not liable: change one of the two"
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
        """Return contradictions between finding, liability and the judgement of the demands."""
        liable, verdicts = set(self._shares()), set(self.sudo().demand_ids.mapped("verdict"))
        upheld, refused = self.finding == "upheld", self.finding == "not_upheld"
        # The terms are found by a reader that takes literals beside them for terms as well.
        all_supported = refused and verdicts == {"supported"}
        none_supported = upheld and liable == {"company"} and verdicts == {"rejected"}
        checks = (
            (
                all_supported,
                self.env._(
                    "no demand is upheld, yet each is supported: change the finding or the "
                    "judgement of the demands"
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
        """Return the established facts for the event chain."""
        return {"finding": self.finding, "cause": self.cause_id.sudo().code or ""}

    # -- keeping the demands --------------------------------------------------------------

    def _list_demands(self):
        """Add the customer's demand as the first line; the investigator splits it."""
        # sudo: water.complaint.demand - created by the system when work is accepted
        demands = trusted(self.env["water.complaint.demand"].sudo())
        bare = self.sudo().filtered(
            lambda case: strip_invisible(case.demand) and not case.demand_ids
        )
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
        """Record the user as author of the conclusion, and require a new confirmation."""
        if "finding" in vals:
            trusted(self.sudo()).write(
                {"concluded_by_id": self.env.uid, "concluded_at": fields.Datetime.now()}
            )
        confirmed = self.sudo().filtered(
            lambda case: case.reviewed_at and case.state == "investigating"
        )
        if confirmed:
            trusted(confirmed).write({"reviewed_by_id": False, "reviewed_at": False})
            self.browse(confirmed.ids)._log_events("review_void")

    def _on_conclusion(self, before, vals):
        if not is_trusted(self.env):
            self._conclusion_changed(vals)

    # -- review --------------------------------------------------------------------------------
    # A second person confirms the conclusion in grave cases (S3.2.2c).
    #
    # Every complaint above ordinary is grave. Investigators and authors of the conclusion may not
    # confirm it.

    @api.depends("severity", "state", "finding", "reviewed_at", "incident_id", "own_claim")
    @api.depends_context("uid")
    def _compute_review(self):
        for case in self:
            case.needs_review = case._is_grave()
            waits = case.state == "investigating" and case.finding and not case.reviewed_at
            case.can_review = bool(case.needs_review and waits and case._may_review())

    def _is_grave(self):
        """Return whether the conclusion needs a second person."""
        is_severe = self.severity not in (False, "normal")
        return is_severe or self.own_claim or bool(self.incident_id)

    def _need_review(self):
        if not self._is_grave() or self.reviewed_at:
            return []
        words = self.env._(
            "have the conclusion confirmed by a second person who did not investigate: a"
            " supervisor, quality, or the head of the department"
        )
        return [Missing(words, "finding")]

    def _may_review(self):
        user = self.env.user
        department = self.sudo().department_id
        leads = user in (department.manager_id | department.deputy_id)
        allowed = self.env.su or leads or any(user.has_group(group) for group in REVIEWERS)
        return allowed and user not in (self.sudo()._investigators() | self.sudo()._concerned())

    def _investigators(self):
        counted = self.investigation_ids.filtered(lambda row: row.state != "cancelled")
        return counted.investigator_id | self.concluded_by_id | self.basis_evidence_ids.author_id

    def _concerned(self):
        department = self.department_complained_id
        heads = department.manager_id | department.deputy_id
        return self.person_complained_id | self._people_concerned() | heads

    def action_review(self):
        """Confirm the conclusion as the second person.

        :raises AccessError: for users who took part in it, or are concerned
        :raises UserError: in another state, or if the conclusion has gaps
        """
        self.check_access("write")
        for case in self:
            if case.state != "investigating":
                raise UserError(self.env._("%s is not being investigated.", case.name))
            if not case._may_review():
                raise AccessError(
                    self.env._(
                        "A second person confirms the conclusion: a supervisor, quality or the head"
                        " of the department, who neither investigated nor is complained of."
                    )
                )
            missing = case._need_finding()
            if missing:
                raise Refusal(case.name, case, missing)
            trusted(case.sudo()).write(
                {"reviewed_by_id": self.env.uid, "reviewed_at": fields.Datetime.now()}
            )
        self._log_events("reviewed", {case.id: case._review_payload() for case in self})
        return True

    def _review_payload(self):
        return {
            "finding": self.finding,
            "liability": self._shares(),
            "evidence": self.sudo().basis_evidence_ids.mapped("checksum"),
        }

    # -- investigation -------------------------------------------------------------------------
    # Investigations and evidence of a complaint, and who works on them (S3.2.2b).

    @api.depends("state", "user_id", "first_responsible_id", "dispatch_ids.state")
    @api.depends_context("uid")
    def _compute_is_investigator(self):
        for case in self:
            case.is_investigator = (
                bool(case._origin.id)
                and case.state not in case._final_states
                and case._may_investigate()
            )

    def _may_investigate(self):
        user = self.env.user
        if self.env.su:
            return True
        if user.has_group(SUPERVISOR):
            return True
        hands = self.first_responsible_id | self.acting_responsible_id | self.user_id
        return user in hands or self._is_at_work("accepted")

    def _check_investigator(self):
        """Check that the user may investigate an open complaint.

        :raises AccessError: for users who may only read
        :raises UserError: for a finished complaint
        """
        self.check_access("write")
        self._check_unsealed()
        for case in self:
            if not case._may_investigate():
                raise AccessError(self._not_investigator())

    def _not_investigator(self):
        return self.env._(
            "This is written by the department that has accepted the work, by the people who"
            " answer for the complaint, and by supervisors."
        )

    def _keep_shown(self, text):
        """Append the result of an investigation to the complaint."""
        for case in self:
            known = strip_invisible(case.investigation)
            if text.strip() not in known:
                case.investigation = "\n".join(filter(None, (known, text.strip())))

    def _is_own_file(self, file):
        """Count files behind evidence as the case's own, unless struck out."""
        if super()._is_own_file(file):
            return True
        return bool(self.evidence_ids.filtered(lambda row: row.attachment_id == file))

    def _event_faults(self):
        """Check the seals of the evidence together with the chain."""
        faults = super()._event_faults()
        if self.erased_at:
            return faults
        told = self._notified_evidence()
        gone = sorted(told.keys() - set(self.evidence_ids.mapped("number")))
        missing = [self.env._("Evidence no. %s is missing.", number) for number in gone]
        return faults + self.evidence_ids._faults(told) + missing

    def _notified_evidence(self):
        events = self.event_ids.filtered(lambda event: event.kind == "evidence_added")
        return {
            item.get("number"): None if event.payload_seal else item
            for event in events
            for item in (event.payload or {}).get("items") or ()
        }

    def action_open_evidence(self):
        """Open the evidence of the complaint as a gallery."""
        action = self._open_children("water.evidence", self.env._("Evidence"), "complaint_id")
        action["view_mode"] = "kanban,list,form"
        action["context"] = {"create": False}
        return action

    def action_plan_investigation(self):
        """Open the form of a new investigation: it may begin at once."""
        self.ensure_one()
        self._check_investigator()
        return self._open_dialog(
            self.env["water.investigation"],
            self.env._("Plan an Investigation"),
            default_complaint_id=self.id,
        )

    def action_add_evidence(self):
        """Open the form of a new piece of evidence: on the phone, the camera is one tap away."""
        self.ensure_one()
        return windows.dialog(
            "water.evidence",
            self.env._("Add Evidence"),
            {"default_complaint_id": self.id},
            view_id=self.env.ref("water_complaints.water_evidence_view_form_add").id,
        )

    def action_shares(self):
        """Open the parts that several sides have in what happened."""
        return self._open_part("shares", self.env._("Shared Responsibility"))

    # -- visited -------------------------------------------------------------------------------
    # Reports and photos of visits are offered as evidence.

    def _on_visit_finished(self, visit):
        super()._on_visit_finished(visit)
        # sudo: water.visit, water.evidence - the visit's author was allowed to report it
        visit = visit.sudo()
        mine = self.sudo().investigation_ids.filtered(lambda row: row.visit_id == visit)
        common = {
            "complaint_id": self.id,
            "investigation_id": mine[:1].id,
            "taken_at": visit.arrived_at,
        }
        rows = self._visit_statement(visit) + self._visit_photos(visit)
        trusted(self.env["water.evidence"].sudo()).create([common | row for row in rows])

    def _visit_statement(self, visit):
        """Return the visit's report with the meter reading, but without charges."""
        statement = {
            "kind": "statement",
            "title": self.env._("Report of the visit"),
            "stated_by": (visit.user_id or self.env.user).name,
            "stated_as": "staff",
            "note": visit._report_text(),
        }
        number = visit.has_reading and self.sudo().account_id.meter_no
        return [statement | ({"meter_number": number} if number else {})]

    def _visit_photos(self, visit):
        """The photos of the kinds that evidence takes."""
        title = self.env._("Photo of the visit")
        taken = visit.photo_ids.filtered(
            lambda file: not self._file_faults([(file.name, BytesIO(file.raw or b""))])
        )
        return [
            {
                "kind": "photo",
                "title": title,
                "file": base64.b64encode(file.raw),
                "file_name": file.name,
            }
            for file in taken
        ]
