from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.case.transitions import Missing, Move, Refusal
from odoo.addons.water_service_desk.intake.filing import FilingError
from odoo.addons.water_service_desk.portal.actions import PortalAction
from odoo.addons.water_service_desk.privacy.scrub import Scrubber

from ...complaint.models.water_complaint import OPEN_STATES as OPEN_COMPLAINTS
from .water_appeal import ANSWERED_STATES, OPEN_STATES

_lt = LazyTranslate(__name__)

#: Events that are no part in a matter: looking at it, and what appeals and their letters leave.
NO_PART = ("revealed", "appeal_filed", "appeal_decided", "duplicate_told")
#: Rows of a complaint whose authors had a part in it.
PARTS = ("investigation_ids", "evidence_ids", "resolution_ids", "negotiation_ids", "demand_ids")


class WaterComplaint(models.Model):
    """A complaint whose answer can be appealed against, filed or not (S3.2.5)."""

    _inherit = "water.complaint"
    _counters = {"appeal_count": "water.appeal"}

    _clock_events = {"appeal_decided": ("appeal",)}
    _customer_actions = {
        "appeal": PortalAction(
            "_portal_appeal_filed",
            done=_lt(
                "We have received your appeal. It will be reviewed by people who were not involved."
            ),
            by_delegate=_lt("has asked for a review"),
            api="appeal",
        ),
        "unappeal": PortalAction(
            "_portal_appeal_withdrawn",
            done=_lt("You have withdrawn your appeal."),
            by_delegate=_lt("has withdrawn the request for a review"),
            api="withdraw_appeal",
        ),
    }

    appeal_ids = fields.One2many("water.appeal", "complaint_id", string="Appeals")
    appeal_count = fields.Integer(string="Number of Appeals", compute="_compute_counts")
    can_appeal = fields.Boolean(compute="_compute_can_appeal", export_string_translation=False)

    finding_final = fields.Selection(
        selection=lambda self: self._fields["finding"]._description_selection(self.env),
        string="Finding in Force",
        compute="_compute_in_force",
        store=True,
        precompute=True,
        help="As the last appeal has corrected it, else as found.",
    )
    liability_final = fields.Selection(
        selection=lambda self: self._fields["liability"]._description_selection(self.env),
        string="Liability in Force",
        compute="_compute_in_force",
        store=True,
        precompute=True,
    )
    leaves_figures = fields.Boolean(
        string="Left out of the Figures",
        compute="_compute_in_force",
        store=True,
        precompute=True,
        help="By the decision on an appeal, it does not count against the department.",
    )

    is_judged_again = fields.Boolean(
        string="Judged Again under Another Number",
        readonly=True,
        copy=False,
        help="The matter went on after it was filed, and what was found then is in force.",
    )

    is_justified = fields.Boolean(
        string="Justified",
        compute="_compute_justified",
        store=True,
        help="By the finding in force the company answers for it: in the figures (有责投诉).",
    )
    is_justified_repeat = fields.Boolean(
        string="Justified Repeat",
        compute="_compute_justified",
        store=True,
        help="Justified, and complained of before, or handled again (重复投诉).",
    )

    _transitions = {
        ("notified", "confirmed"): Move(needs=("_need_appeal_over",)),
        ("confirmed", "archived"): Move(needs=("_need_appeal_over",)),
        ("callback", "archived"): Move(needs=("_need_appeal_over",)),
        **{
            (state, end): Move(needs=("_need_appeal_over",))
            for state in OPEN_COMPLAINTS
            for end in ("merged", "withdrawn")
        },
    }

    @api.model
    def _counted_links(self):
        links = super()._counted_links()
        theirs = self.env["water.appeal"]._fields["appellant_case_id"]
        return {**links, "appeal_count": [*links["appeal_count"], theirs]}

    @api.depends("state", "appeal_ids.state")
    @api.depends_context("uid")
    def _compute_can_appeal(self):
        is_desk = self.env.user.has_group(AGENT)
        for case in self:
            open_now = case.sudo()._open_appeal()
            case.can_appeal = is_desk and not open_now and case._is_answered()

    def _appeal_decided(self, appeal):
        """Hook: an appeal has been decided.

        :param appeal: the water.appeal, with sudo
        """

    # -- where it stands --------------------------------------------------------------------

    def _appealed_case(self):
        """Return the complaint that was decided: for a merged one, its lead."""
        return self._lead_case() or self

    def _is_answered(self):
        case = self._appealed_case()
        return case.state in ANSWERED_STATES and not case.destroyed_at

    def _own_appeals(self):
        """Return the appeals of this complaint's own customer, including those filed on
        its lead.
        """
        own = self.appeal_ids.filtered(lambda row: not row.appellant_case_id)
        # sudo: water.appeal - the customer's own appeals
        return own | own.sudo().search([("appellant_case_id", "in", self.ids)])

    def _open_appeal(self):
        return self._appealed_case().appeal_ids.filtered(lambda row: row.state in OPEN_STATES)

    def _decided_appeals(self):
        """Return the appeals against the present answer that the company has decided,
        oldest first.
        """
        matter = self._appealed_case()
        return matter.appeal_ids.filtered(
            lambda row: (
                row.state == "decided"
                and row.level != "external"
                and row.round == matter.reopen_count
            )
        ).sorted("id")

    def _appeal_level(self):
        """Return the level of the next appeal: a review first, then the panel."""
        return "2" if self._decided_appeals() else "1"

    def _appeals_exhausted(self):
        return "2" in self._decided_appeals().mapped("level")

    def _appealed_notice(self):
        now = self._appealed_case().reopen_count
        told = self.notice_ids.filtered(
            lambda row: row.sent_at and row.appeal_until and row.round == now
        )
        return told.sorted("id")[-1:]

    def _appeal_last_day(self):
        case = self.sudo()
        if case._open_appeal() or case._appeals_exhausted() or not case._is_answered():
            return False
        until = case._appealed_notice().appeal_until
        today = fields.Date.context_today(self.with_context(tz=self._customer_tz()))
        return until if until and today <= until else False

    def _involved_people(self):
        cases = self.sudo() | self._merged_cases()
        cases |= cases._earlier_cases()
        people = (case._people_with_part() for case in cases)
        return self.env["res.users"].union(*people, *(case._people_before() for case in cases))

    def _earlier_cases(self):
        """Return the archived complaints about the same order that these ones continue."""
        found = self.browse()
        for case in self.filtered("external_ref"):
            same = [("company_id", "=", case.company_id.id), ("id", "<", case.id)]
            same += [(name, "=", case[name]) for name in ("external_source", "external_ref")]
            found |= self.search(same)
        # sudo: water.appeal - whose decision it was that a matter goes on
        decided = self.env["water.appeal"].sudo().search([("follow_up_id", "in", self.ids)])
        return (found | decided.complaint_id) - self

    def _people_before(self):
        split = self.split_id
        # sudo: water.inquiry - by which the matter came in
        inquiries = self.env["water.inquiry"].sudo().search([("complaint_id", "in", self.ids)])
        events = inquiries.event_ids
        if split:
            events |= split._case().event_ids.filtered(lambda row: row.at <= split.at)
        people = events.filtered(lambda row: row.kind not in NO_PART).user_id
        return people.union(*(inquiry._workers() for inquiry in inquiries))

    def _people_with_part(self):
        """Return all users with a part in this complaint, as its records show."""
        case = self.sudo()
        own = case.notice_ids.filtered(lambda row: not row.appeal_id)
        pauses = case.deadline_ids.filtered(lambda clock: not clock.appeal_id).pause_ids
        return (
            case._workers()
            | case._people_concerned()
            | case.department_complained_id.member_ids
            | case.department_complained_id.manager_id
            | case.visit_ids.user_id
            | case.dispatch_ids.create_uid
            | own.sent_by_id
            | own.signed_by_id
            | pauses.requested_by_id
            | pauses.decided_by_id
            | case._evidence_people()
            | case._responsible_line()
            | case.event_ids.filtered(lambda row: row.kind not in NO_PART).user_id
        )

    def _responsible_line(self):
        """Return the users responsible for the work: heads, deputies, authors of the plan."""
        case = self.sudo()
        leads = case.dispatch_ids.filtered(
            lambda row: row.role == "lead" and row.state in ("accepted", "finished")
        )
        departments = case.department_id | leads.department_id
        return (
            departments.manager_id
            | departments.deputy_id
            | case.resolution_ids.proposed_by_id
            | case.resolution_ids.action_ids.done_by_id
        )

    def _evidence_people(self):
        """Return the users who investigated, planned, negotiated or judged the demands."""
        rows = (self[name] for name in PARTS if name in self._fields)
        return self.env["res.users"].union(*(part.create_uid for part in rows))

    # -- what follows -----------------------------------------------------------------------

    def _hear_of_decision(self, appeal):
        """Log the decision in the chain of a complaint that is not archived yet."""
        if self.state not in self._final_states:
            payload = {"number": appeal.name, "decision": appeal.decision}
            self._log_events("appeal_decided", payload)

    def _barred_handlers(self):
        return super()._barred_handlers() | self.sudo().appeal_ids.former_handler_ids

    def _reopen_by_appeal(self, appeal):
        """Have the case handled again by other people; an archived complaint stays as it is.

        :param appeal: the water.appeal that was upheld
        """
        note = appeal.remedy or appeal.decision_text
        if not self._is_sealed_off():  # it may be handled again already, for another reason
            self._handle_again(appeal, note, self._rehandle_path.get(self.state, ()))
            return
        former = self._former_handlers()
        nobody = {"first_responsible_id": False, "user_id": False}
        values = {**self._matter_values(), **nobody, "is_follow_up": True}
        again = trusted(self.browse()).create(values).with_env(self.env)
        trusted(appeal).write({"follow_up_id": again.id, "former_handler_ids": former.ids})
        again._continue(self, note)
        self._merged_cases()._go_on_in(again, note)

    def _born_of_it(self):
        return [*super()._born_of_it(), self.appeal_ids.follow_up_id]

    def _go_on_in(self, again, note):
        """Link merged complaints to the complaint that continues the case.

        :param again: the complaint in which it is handled again
        :param note: why
        """
        trusted(self).write({"duplicate_of_id": again.id})
        self._log_events("merged", {"reason": note or "", "original": again.name})
        again._count_repeats()

    def _check_unmerging(self):
        """Refuse to unmerge a complaint whose customer's appeal is still open.

        :raises UserError: with the number of the appeal
        """
        super()._check_unmerging()
        mine = self.sudo()._own_appeals() & self.sudo()._open_appeal()
        if mine:
            words = self.env._("the appeal %s is decided first, or taken back", mine.name)
            raise Refusal(self.name, self, [Missing(words, "action_open_appeals")])

    # -- buttons ----------------------------------------------------------------------------

    def action_appeal(self):
        """Open the dialog in which the desk files an appeal for the customer.

        :raises UserError: if there is no answer to appeal against
        """
        self.ensure_one()
        self.check_access("read")
        self.env["water.appeal"]._check_appealable(self.sudo())
        return self._dialog(
            "water.appeal.wizard",
            self.env._("Appeal"),
            default_step="file",
            default_complaint_id=self.id,
        )

    def action_open_appeals(self):
        """Open the appeals about the complaint, and those of its own customer in the matter."""
        self.ensure_one()
        here = ["|", ("complaint_id", "=", self.id), ("appellant_case_id", "=", self.id)]
        return windows.rows("water.appeal", self.env._("Appeals"), here, {"create": False})

    def _appeal_until(self):
        """Return the last day for an appeal, counted from today in the customer's time zone
        (S3.2.5).
        """
        today = fields.Date.context_today(self.with_context(tz=self._customer_tz()))
        return today + timedelta(days=self.company_id.water_appeal_days)

    # -- portal --------------------------------------------------------------------------------
    # The appeal on the customer's page: the form with its last day, progress and decision.

    def _portal_can(self, action):
        if action == "appeal":
            again = self.sudo()._appeals_exhausted() and not self.sudo()._open_appeal()
            return bool(self._appeal_last_day()) or (again and self._is_answered())
        if action == "unappeal":
            return bool(self.sudo()._own_appeals() & self.sudo()._open_appeal())
        return super()._portal_can(action)

    def _portal_appeal_filed(self, values, files=()):
        """The customer does not agree with the answer, and asks for a review."""
        reason = self._need_text(
            values, "appeal_reason", self.env._("Tell us why you do not agree with our answer.")
        )
        typed = {
            "reason": reason,
            "demand": self._optional_text(values, "appeal_demand"),
            "new_evidence": self._optional_text(values, "new_evidence"),
            "certificate_number": self._optional_text(values, "certificate_number"),
            "certificate_issuer": self._optional_text(values, "certificate_issuer"),
            "channel_id": self.env.ref("water_service_desk.channel_portal").id,
        }
        faults = self._file_faults(files)
        if typed["certificate_number"] and not files:
            faults = [self.env._("Add the certificate itself as a file.")]
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        evidence = [(name, content, mark) for name, content, _kind, mark in self._cleaned(files)]
        try:
            # sudo: water.appeal - the complaint is the customer's own, found by the portal
            self.env["water.appeal"].sudo()._file(self, typed, evidence)
        except FilingError:
            raise
        except UserError as refusal:
            raise FilingError({"appeal_reason": str(refusal)}) from refusal

    def _portal_appeal_withdrawn(self, values, files=()):
        reason = self.env._("Withdrawn by the customer on their page")
        self.sudo()._open_appeal()._withdraw(reason)

    # -- shown to the customer ----------------------------------------------------------------

    def _portal_page(self):
        appeals = self.sudo()._own_appeals().sorted("id")
        return (
            super()._portal_page()
            | self._portal_reviewed()
            | {
                "appeals": [self._portal_appeal_row(row) for row in appeals],
                "appeal_until": self._portal_last_day(),
                "appeal_again": self.sudo()._appeals_exhausted(),
            }
        )

    @api.model
    def _portal_filters(self):
        filters = super()._portal_filters()
        (going, is_open), (over, is_over) = filters["open"], filters["closed"]
        reviewed = Domain("appeal_ids.state", "in", OPEN_STATES)
        reviewed |= Domain("duplicate_of_id.appeal_ids.state", "in", OPEN_STATES)
        return filters | {
            "open": (going, is_open | reviewed),
            "closed": (over, is_over & ~reviewed),
        }

    def _portal_rows(self):
        # sudo: water.complaint - those the customer may list
        pairs = zip(super()._portal_rows(), self.sudo(), strict=True)
        return [row | case._portal_reviewed() for row, case in pairs]

    def _portal_reviewed(self):
        """Return what page and list show instead of the state while a review is open."""
        is_reviewed = self.sudo()._open_appeal()
        return {"status": self._portal_review_title(), "is_open": True} if is_reviewed else {}

    def _portal_continued(self):
        return self.appeal_ids.follow_up_id.sorted("id")[:1] or super()._portal_continued()

    def _portal_review_title(self):
        return self.env._("Being reviewed")

    def _portal_last_day(self):
        day = self._appeal_last_day()
        return day_text(day) if day else ""

    def _portal_decide_words(self, appeal):
        due = self._portal_time(appeal._decision_clock().due_at)
        is_open = appeal.state in ("filed", "review")
        return self.env._("We will decide by %s.", due) if is_open and due else ""

    def _portal_remedy(self, appeal):
        parts = [appeal.remedy]
        again = appeal.follow_up_id
        if again and not appeal.appellant_case_id:
            parts.append(self.env._("The case continues under the number %s.", again.name))
        return "\n".join(filter(None, parts))

    def _portal_appeal_row(self, appeal):
        """One appeal in public words."""
        states = {
            "filed": self.env._("Received, to be acknowledged"),
            "review": self.env._("Being reviewed by people who were not involved"),
            "decided": self.env._("Decided"),
            "withdrawn": self.env._("Withdrawn"),
        }
        decisions = dict(appeal._fields["decision"]._description_selection(self.env))
        told = appeal.state == "decided"
        return {
            "number": appeal.name,
            "level": dict(appeal._fields["level"]._description_selection(self.env))[appeal.level],
            "status": states[appeal.state],
            "is_open": appeal.state in ("filed", "review"),
            "filed": self._portal_time(appeal.filed_at),
            "decide": self._portal_decide_words(appeal),
            "reason": appeal.reason,
            "demand": appeal.demand or "",
            "files": appeal.evidence_ids.sorted("id").mapped("name"),
            "certificate": " · ".join(
                filter(None, (appeal.certificate_number, appeal.certificate_issuer))
            ),
            "decision": decisions[appeal.decision] if told else "",
            "decided": self._portal_time(appeal.decided_at) if told else "",
            "text": appeal.decision_text if told else "",
            "remedy": self._portal_remedy(appeal) if told else "",
        }

    # -- force ---------------------------------------------------------------------------------
    # The finding in force: as found, until an appeal corrects it. Figures go by it.
    #
    # The first finding stays in the complaint, its chain and the appeal.

    def _on_judged_again(self, before, vals):
        for case in self.filtered("is_follow_up"):
            is_judged = bool(case.finding) and case.state not in NOT_JUDGED
            # sudo: complaint - archived ones are marked too
            trusted(case.sudo()._earlier_cases()).write({"is_judged_again": is_judged})

    @api.depends(
        *("validity", "counts_for_rates", "is_judged_again", "repeat_of_id", "handling_round")
    )
    def _compute_justified(self):
        for case in self:
            counts = case.counts_for_rates and not case.is_judged_again
            case.is_justified = case.validity == "valid" and counts
            again = case.repeat_of_id or case.handling_round > 1
            case.is_justified_repeat = case.is_justified and bool(again)

    @api.depends("finding", "liability", "reopen_count", "appeal_ids.state", "notice_ids.sent_at")
    def _compute_in_force(self):
        for case in self:
            # sudo: water.appeal - the finding in force is the same for every reader
            newest_first = (
                case.sudo()
                .appeal_ids.filtered(lambda row: row.state == "decided")
                .sorted(lambda row: (row.decided_at, row.id), reverse=True)
            )
            figures = newest_first.filtered(lambda row: row._speaks_of_figures())
            case.leaves_figures = figures[:1].leaves_figures
            newest_first = newest_first.filtered(lambda row: row._holds())
            findings = [row.corrected_finding for row in newest_first if row.corrected_finding]
            liable = [row.corrected_liability for row in newest_first if row.corrected_liability]
            case.finding_final = findings[0] if findings else case.finding
            case.liability_final = liable[0] if liable else case.liability

    # -- waiting -------------------------------------------------------------------------------
    # While an appeal is open, the customer is not asked “solved?”, and the case does not end.
    #
    # The call-back that waits is put off, and made when the appeal is over.

    def _stage_words(self):
        if self.state == "notified" and self.sudo()._open_appeal():
            return self.env._("We have told you the result. It is being reviewed.")
        return super()._stage_words()

    def _prepare_return(self, reason):
        """Refuse to return an order to its body while an appeal is open."""
        self._check_appeal_over()
        super()._prepare_return(reason)

    def _check_appeal_over(self):
        missing = [text for case in self for text in case._need_appeal_over()]
        if missing:
            raise Refusal(self[:1].name, self, missing)

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        appeal = self.sudo()._open_appeal()
        if appeal:
            hindrances.append(self.env._("the appeal %s is being handled", appeal[0].name))
        return hindrances

    def _need_appeal_over(self):
        appeal = self.sudo()._open_appeal()
        if not appeal:
            return []
        words = self.env._("the appeal %s is decided first, or taken back", appeal.name)
        return [Missing(words, "action_open_appeals")]

    def _put_off_calls(self):
        case = self.sudo()
        case._open_calls("follow_up")._void("appeal")

    def _hears_late_answer(self, kind):
        waits = kind == "follow_up" and self.sudo()._open_appeal()
        return not waits and super()._hears_late_answer(kind)

    def _take_up_calls(self):
        case = self.sudo()
        calls = case.callback_ids.filtered(lambda row: row.kind == "follow_up").sorted("id")
        asked = case.state in ("confirmed", "callback")  # the latter when the customer rang back
        if asked and calls[-1:].void_reason == "appeal":
            case._start_clocks("closed", at=fields.Datetime.now())
            case._start_follow_up_clocks()
            case._schedule_callback()

    def _appeal_over(self):
        """Hook: an appeal was decided or withdrawn without reopening the case."""
        self._take_up_calls()
        trusted(self.filtered(lambda case: case.state == "notified")).asked_again_at = False

    # -- erasure -------------------------------------------------------------------------------
    # Erase the appellant's data in the lead complaint as well.

    def _appeals_elsewhere(self):
        mine = [("appellant_case_id", "=", self.id), ("complaint_id.legal_hold", "=", False)]
        return trusted(self.env["water.appeal"].sudo().search(mine))

    def _rows_around(self):
        return [*super()._rows_around(), *self._appeals_elsewhere()]

    def _erase_files(self, rows):
        """Keep the evidence of another customer's appeal until that customer is erased."""
        theirs = [row for row in rows if row._name == "water.appeal" and row._appellant() != self]
        super()._erase_files([row for row in rows if row not in theirs])

    def _mails_of_customer(self, messages):
        """Keep the mails of other customers' appeals as well."""
        mails = super()._mails_of_customer(messages)
        name = "water.appeal"
        told = mails.filtered(lambda message: message.model == name)
        appeals = self.env[name].browse(told.mapped("res_id"))
        theirs = appeals.filtered(lambda row: row._appellant() != self)
        return mails - told.filtered(lambda message: message.res_id in theirs.ids)

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for matter in self._appeals_elsewhere().complaint_id:
            own = {str(word) for word in matter._erasure_words() if word}
            words = [word for word in self._erasure_words() if word and str(word) not in own]
            matter._forget_words(Scrubber(words), reason)
