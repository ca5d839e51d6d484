from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.isolated import run_each_isolated
from odoo.addons.water_service_desk.base.moments import is_late, moment_text
from odoo.addons.water_service_desk.base.roles import QUALITY
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal
from odoo.addons.water_service_desk.intake.filing import (
    FilingError,
    clean_text,
    first_line,
    parse_id,
)
from odoo.addons.water_service_desk.intake.once import sent_once

SOURCES = [
    ("regulator", "Regulator"),
    ("social", "Social supervisor"),
    ("telephone", "Supervision telephone"),
    ("survey", "Satisfaction survey"),
    ("media", "Press and internet"),
]
#: Fields of the responsible people; others are for quality.
OWNER_FIELDS = frozenset({"answer"})
#: states of corrective actions that are done
SETTLED = ("verified", "cancelled")
#: How long before the date the responsible people are reminded.
REMIND = timedelta(days=2)
WAITING = [("state", "in", ("open", "answered"))]
#: Longest texts of the form, in characters.
LIMITS = {"description": 4000, "place": 200}


class WaterSupervisionFinding(models.Model):
    """An outside finding about the service, and its answer (S2.2.2).

    From regulators, social supervisors, callers of the supervision telephone, surveys and the
    press. The department answers, another person checks and sends the answer by the body's date or
    the company's own limit; necessary changes become corrective actions.
    """

    _name = "water.supervision.finding"
    _inherit = [
        "water.agreed.date.mixin",
        "water.counted.limit.mixin",
        "water.never.deleted.mixin",
        "water.upload.mixin",
        "water.portal.list.mixin",
        "mail.thread",
        "water.mixin",
    ]
    _description = "Finding from Outside"
    _order = "reply_due_at, id desc"
    _mail_post_access = "read"
    _check_company_auto = True
    _editable_states = frozenset({"open", "answered"})
    _agreed_date = "reply_due_at"
    _counted_limit = "reply_due_at"
    _counted_open = (("state", "in", ("open", "answered")), ("breached_at", "=", False))
    _settable_on_create = frozenset({"company_id"})
    _dossier = False  # about the service, not about the case that was registered of it
    _in_hand = dict.fromkeys(("owner_id", "department_id"), [("state", "=", "open")])

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(string="What Was Pointed out", required=True, tracking=True)
    source = fields.Selection(
        SOURCES, string="Raised through", required=True, default="regulator", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Found by", index="btree_not_null", ondelete="restrict"
    )
    supervisor_id = fields.Many2one(
        "water.social.supervisor",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    reference = fields.Char(
        string="Letter Number", help="Number of the body's letter or notice.", copy=False
    )
    description = fields.Text(string="What Was Observed", required=True)
    place = fields.Char()
    zone_id = fields.Many2one("water.zone", string="Supply Zone", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    received_at = fields.Datetime(required=True, default=fields.Datetime.now)
    reply_due_at = fields.Datetime(
        string="Reply Due",
        compute="_compute_reply_due_at",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        tracking=True,
        help="The date of the body; where it names none, the company's own number of working days.",
    )
    department_id = fields.Many2one(
        "water.department", index=True, check_company=True, tracking=True
    )
    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    past_holder_ids = fields.Many2many(
        "res.users",
        "water_finding_holder_rel",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    complaint_id = fields.Many2one(
        "water.complaint",
        string="Registered as",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="The complaint that was registered of it, where a customer is concerned.",
    )
    answer = fields.Text(string="Our Answer", help="What was found out, and what is done about it.")
    improvement_ids = fields.One2many(
        "water.improvement", "finding_id", string="Corrective Actions", readonly=True
    )
    state = fields.Selection(
        [
            ("open", "To Be Answered"),
            ("answered", "Answer to Be Checked"),
            ("replied", "Replied"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        group_expand=True,
        tracking=True,
    )
    can_work = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_manage = fields.Boolean(compute="_compute_can", export_string_translation=False)

    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answer_author_ids = fields.Many2many(
        "res.users",
        "water_finding_author_rel",
        string="Answer Written by",
        readonly=True,
        copy=False,
        help="You cannot check an answer that you wrote, even if a colleague submits it.",
    )
    answered_at = fields.Datetime(readonly=True, copy=False)
    return_reason = fields.Text(
        string="What Is Missing", copy=False, help="Why the answer is given back."
    )
    replied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    replied_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    can_reply = fields.Boolean(compute="_compute_can_reply", export_string_translation=False)

    reminded_at = fields.Datetime(readonly=True, copy=False)
    breached_at = fields.Datetime(string="Late since", readonly=True, copy=False)
    breached_department_id = fields.Many2one(
        "water.department", string="Late in", readonly=True, copy=False
    )
    breached_user_id = fields.Many2one("res.users", string="Late with", readonly=True, copy=False)

    submission_key = fields.Char(readonly=True, copy=False, export_string_translation=False)

    _portal_url = "/my/observations"
    _portal_search_fields = ("name", "description", "place")
    _portal_moment = "received_at"

    _submission_uniq = models.UniqueIndex(
        "(partner_id, submission_key) WHERE submission_key IS NOT NULL",
        "This observation was handed in already.",
    )

    @api.depends("received_at", "company_id")
    def _compute_reply_due_at(self):
        for row in self:
            if row._origin.reply_due_at:  # a date that was communicated moves only with a reason
                row.reply_due_at = row._origin.reply_due_at
                continue
            begun, days, calendar = row._reply_rule()
            row.reply_due_at = calendar._water_due_at(begun, days, "working_day")[0]

    def _reply_rule(self):
        begun = self.received_at or fields.Datetime.now()
        return begun, self.company_id.water_supervision_days, self.company_id._water_calendar()

    @api.depends("state", "owner_id", "department_id")
    @api.depends_context("uid")
    def _compute_can(self):
        manager = self._is_manager()
        for row in self:
            row.can_manage = manager
            row.can_work = row.state == "open" and (manager or row._is_mine())

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(p for p in (row.name, row.subject) if p and p != "/")

    def _is_mine(self):
        return self.env.user in (self.owner_id | self.department_id.sudo().manager_id)

    @api.constrains("received_at", "reply_due_at")
    def _check_dates(self):
        for row in self:
            if row.reply_due_at <= row.received_at:
                raise ValidationError(self.env._("It is answered after it was received."))

    @api.constrains("owner_id", "complaint_id")
    def _check_owner(self):
        """Refuse owners from whom the complaint is hidden."""
        for row in self.sudo():
            if row.owner_id and row.owner_id in row.complaint_id._people_concerned():
                raise ValidationError(
                    self.env._("The complaint is about this owner; choose another person.")
                )

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers(self._name, rows)
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
            row._keep_count(*row._reply_rule())
        rows._tell_owners()
        rows.filtered("answer")._note_author()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("owner_id") or vals.get("department_id"):
            self._tell_owners()
        if "reply_due_at" in vals:  # a new date is watched anew
            trusted(self).write({"reminded_at": False})
            if not is_trusted(self.env):  # a date entered by hand replaces our rule
                trusted(self).write({"counted_days": 0, "counted_provisional": False})
        if vals.get("answer"):
            self._note_author()
        return result

    def _move_counted(self, due, provisional, reason):
        """Log a move that follows from changed days."""
        self.write({"reply_due_at": due, "counted_provisional": provisional, "date_reason": reason})

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names - OWNER_FIELDS and not self._is_manager():
            raise AccessError(self.env._("You write the answer; quality the rest."))
        if names & OWNER_FIELDS and not all(self.mapped("can_work")):
            raise AccessError(self.env._("The answer waits for its check: have it given back."))

    @api.model
    def _settled_message(self):
        return self.env._("A finding that was replied to is not changed any more.")

    def _at_work(self):
        return self._responsible() | self.department_id.sudo().manager_id | self._authors()

    def _responsible(self):
        return self.owner_id or self.department_id.sudo().manager_id

    def _told(self, people):
        # sudo: water.complaint - the people concerned stay internal
        return people - self.sudo().complaint_id._people_concerned()

    def _tell_owners(self):
        """Notify each person once about all new findings."""
        for person, rows in self.grouped(lambda row: row._told(row._responsible())).items():
            if person:
                tell_staff(
                    rows,
                    person,
                    lambda told: told.env._("%s findings from outside for you", len(told)),
                    lambda row: row.display_name,
                    is_list=True,
                )

    # -- steps ---------------------------------------------------------------------------------
    # Steps: answered by the responsible people, checked and sent by another person, closed.

    def _compute_can_reply(self):
        manager = self._is_manager()
        for row in self:
            waits = row.state == "answered"
            row.can_reply = waits and manager and not row._has_my_words()

    def _note_author(self):
        # sudo: water.supervision.finding - logs the author of the answer
        author = fields.Command.link(self.env.uid)
        trusted(self.sudo()).write({"answer_author_ids": [author]})

    def _authors(self):
        return self.sudo().answer_author_ids | self.answered_by_id

    def _has_my_words(self):
        return self.env.user in self._authors()

    def _check_turn(self, state):
        self.check_access("write")
        if any(row.state != state for row in self):
            raise UserError(self.env._("This finding is not at that step."))

    def _check_neutral(self):
        """Refuse authors of the answer and users outside quality.

        :raises AccessError: for both
        """
        self._check_turn("answered")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors check the answer."))
        if any(row._has_my_words() for row in self):
            raise AccessError(self.env._("Another person must check your answer."))

    def action_answer(self):
        """Hand in the answer.

        :raises AccessError: by users who are not responsible
        :raises Refusal: without an answer
        """
        self._check_turn("open")
        if not all(self.mapped("can_work")):
            raise AccessError(self.env._("The owner, the head or quality answers."))
        for row in self:
            if not strip_invisible(row.answer):
                words = self.env._("Write down the answer.")
                raise Refusal(row.name, row, [Missing(words, "answer")])
        now = fields.Datetime.now()
        values = {"state": "answered", "answered_by_id": self.env.uid, "answered_at": now}
        return trusted(self).write({**values, "return_reason": False})

    def action_return(self):
        """Return the answer to its author.

        :raises Refusal: without saying what is missing
        """
        self._check_neutral()
        for row in self:
            if not strip_invisible(row.return_reason):
                words = self.env._("Say what is missing in the answer.")
                raise Refusal(row.name, row, [Missing(words, "return_reason")])
            tell_staff(
                row,
                row._told(row.answered_by_id),
                lambda one: one.env._("%s: your answer comes back", one.name),
                lambda one: one.return_reason,
            )
        return trusted(self).write({"state": "open"})

    def action_reply(self):
        """Send the answer; a social supervisor is notified at once.

        :raises AccessError: by its author
        """
        self._check_neutral()
        now = fields.Datetime.now()
        for row in self.filtered(lambda row: is_late(row.reply_due_at, now)):
            row._keep_breach()
        values = {"state": "replied", "replied_by_id": self.env.uid, "replied_at": now}
        trusted(self).write(values)
        for row in self.filtered("supervisor_id"):
            row._tell_finder()
        return True

    def _tell_finder(self):
        """Send the social supervisor a mail in their language, with the answer and the page."""
        localized = self.with_context(lang=self.partner_id.lang or self.company_id.partner_id.lang)
        answer = Markup("<br/>").join(localized.answer.splitlines())
        words = localized.env._("Thank you for what you have told us. Our answer:")
        link = f"{localized.get_base_url()}{localized._portal_url}/{localized.id}"
        localized.message_notify(
            partner_ids=localized.partner_id.ids,
            subject=localized.env._("%s: our answer to your observation", localized.name),
            body=Markup("<p>{}</p><p>{}</p><p><a href='{}'>{}</a></p>").format(
                words, answer, link, localized.env._("Read it on our page")
            ),
            email_layout_xmlid="water_service_desk.mail_layout",
        )

    def action_close(self):
        """Close the finding.

        :raises UserError: while a corrective action is open
        """
        self._check_turn("replied")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors close it."))
        for row in self:
            # sudo: water.improvement - only whether one is open
            if row.sudo().improvement_ids.filtered(lambda one: one.state not in SETTLED):
                raise UserError(
                    self.env._("%s: a corrective action is still open.", row.display_name)
                )
        return trusted(self).write({"state": "closed", "closed_at": fields.Datetime.now()})

    def action_measure(self):
        """Open the dialog of a corrective action that follows from it."""
        self.ensure_one()
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors give out measures."))
        known = {
            "default_finding_id": self.id,
            "default_subject": self.subject,
            "default_department_id": self.department_id.id,
            "default_owner_id": self._responsible().id,
        }
        return windows.dialog("water.improvement", self.env._("New Measure"), known)

    # -- watch ---------------------------------------------------------------------------------
    # The date of the answer is watched: a reminder before it, word to those above after it.

    @api.model
    def _cron_watch(self):
        """Scheduled action: send each reminder and each breach once."""
        now = fields.Datetime.now()
        soon = self.search(
            [*WAITING, ("reminded_at", "=", False), ("reply_due_at", "<=", now + REMIND)]
        )
        soon = soon.try_lock_for_update(allow_referencing=True)
        run_each_isolated(soon, type(self)._remind, now)
        late = self.search([*WAITING, ("breached_at", "=", False), ("reply_due_at", "<", now)])
        run_each_isolated(late.try_lock_for_update(allow_referencing=True), type(self)._miss)

    def _remind(self, now):
        trusted(self).reminded_at = now
        self._tell_due(self._responsible())

    def _miss(self):
        self._keep_breach()
        self._tell_due(self._responsible() | self.department_id.manager_id | self._watchers())

    def _keep_breach(self):
        """Record who was responsible when the date passed; reassigning later does not change it."""
        if not self.breached_at:
            trusted(self.sudo()).write(
                {
                    "breached_at": self.reply_due_at,
                    "breached_department_id": self.department_id.id,
                    "breached_user_id": self._responsible().id,
                }
            )

    def _watchers(self):
        # sudo: res.groups - that such people exist is no secret
        people = self.env.ref(QUALITY).sudo().all_user_ids
        here = people.filtered(lambda user: self.company_id in user.company_ids)
        return here | self.company_id.sudo().water_general_manager_id

    def _tell_due(self, people):
        tell_staff(
            self,
            self._told(people),
            lambda one: one.env._("%s: the answer to a finding from outside is due", one.name),
            lambda one: " · ".join((one.subject, one._due_text())),
        )

    def _due_text(self):
        return moment_text(self.env, self.reply_due_at, self.company_id._water_tz())

    # -- portal --------------------------------------------------------------------------------
    # Observations that social supervisors hand in and read in the portal.

    # -- read -----------------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        """Return the domain of the supervisor's own findings, also after the term."""
        mine = Domain("partner_id", "=", partner.id) & Domain("supervisor_id", "!=", False)
        return mine if partner else Domain.FALSE

    @api.model
    def _portal_find(self, number):
        """Return one of the signed-in supervisor's own findings with sudo, or an empty
        recordset.
        """
        return self._portal_search(Domain("id", "=", parse_id(number) or 0), limit=1)

    @api.model
    def _portal_words(self):
        return {
            "kind": "observation",
            "many": self.env._("My observations"),
            "new": self.env._("New observation"),
            "none": self.env._("No submissions yet."),
        }

    def _portal_rows(self):
        """Return the rows of list and page: ``[{number, subject, at, status, url, …}]``."""
        zone = self._portal_zone()
        words = {
            "open": self.env._("We look into it"),
            "answered": self.env._("We look into it"),
            "replied": self.env._("Answered"),
            "closed": self.env._("Answered"),
        }
        return [
            {
                "number": row.name,
                "subject": row.subject,
                "description": row.description,
                "place": row.place,
                "at": moment_text(self.env, row.received_at, zone),
                "due": row._due_line(zone),
                "status": words[row.state],
                "answer": row.answer if row.state in ("replied", "closed") else "",
                "url": f"{self._portal_url}/{row.id}",
            }
            for row in self
        ]

    def _due_line(self, zone):
        due = moment_text(self.env, self.reply_due_at, zone)
        if self.counted_provisional:
            due = self.env["water.addressee.mixin"]._say_provisional(due)
        return self.env._("We answer by %s.", due)

    # -- hand in --------------------------------------------------------------------------

    @api.model
    def _portal_submit(self, params, files):
        """Create a finding from an observation of the signed-in social supervisor.

        :param params: ``{field: text}`` of the form
        :param files: ``(name, stream)`` of the photos
        :raises AccessError: by anyone without an appointment
        :raises FilingError: field by field
        :return: the finding, with sudo; the same one if the form is sent twice
        """
        supervisor = self.env["water.social.supervisor"]._serving(self.env.user.partner_id)
        if not supervisor:
            raise AccessError(self.env._("Social supervisors in office hand in observations."))
        key = clean_text(params.get("submission_key"), 64) or False
        known = key and self._portal_search(Domain("submission_key", "=", key), limit=1)
        if known:
            return known
        values = self._portal_checked(supervisor, params, files)
        # sudo: water.supervision.finding - by an appointed supervisor, checked above
        rows = trusted(self.sudo().with_company(supervisor.company_id))
        with sent_once(self.env):
            finding = rows.create({**values, "submission_key": key})
            finding._store_files(files)
            finding.flush_recordset()
        return finding.sudo()

    @api.model
    def _portal_checked(self, supervisor, params, files):
        """The values of a finding, or a refusal that names the fields."""
        typed = {name: clean_text(params.get(name)) for name in LIMITS}
        zones = self._portal_zones(supervisor)
        zone = zones.filtered(lambda row: row.id == parse_id(params.get("zone_id")))
        errors = {}
        if not typed["description"]:
            errors["description"] = self.env._("Tell us what you have seen.")
        for name, limit in LIMITS.items():
            if len(typed[name]) > limit:
                errors[name] = self.env._("At most %s characters.", limit)
        if params.get("zone_id") and not zone:
            errors["zone_id"] = self.env._("Choose a zone of the list.")
        faults = self._file_faults(files)
        if faults:
            errors["files"] = "\n".join(faults)
        if errors:
            raise FilingError(errors)
        return {
            **typed,
            "subject": first_line(typed["description"], 60),
            "source": "social",
            "partner_id": supervisor.partner_id.id,
            "supervisor_id": supervisor.id,
            "zone_id": zone.id,
            "company_id": supervisor.company_id.id,
        }

    @api.model
    def _portal_zones(self, supervisor):
        here = [("company_id", "in", (False, supervisor.company_id.id))]
        return supervisor.zone_ids or supervisor.zone_ids.search(here)
