from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base.apart import each_apart
from ...base.roles import SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import said

#: Cases given back per committed batch.
BATCH = 200


class WaterCaseMixin(models.AbstractModel):
    """Somebody acts for the first responsible person who is away, until he is back (S3.1.1).

    The first responsible person stays the same, on record and under the answer; only the work
    and the messages go to the deputy meanwhile.
    """

    _inherit = "water.case.mixin"

    acting_responsible_id = fields.Many2one(
        "res.users",
        string="Deputy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Acts for the first responsible person while they are away.",
    )
    acting_until = fields.Datetime(string="Deputy until", readonly=True, copy=False)
    deputy_ids = fields.Many2many("res.users", string="Deputies so Far", readonly=True, copy=False)

    _acting_idx = models.Index("(acting_until) WHERE acting_until IS NOT NULL")

    def _acting_responsible(self):
        """Who does what the first responsible person would do: he himself, or his deputy.

        Whoever has left does nothing: the case is his on record until it is handed over, and
        those who give work to people have to find somebody else.
        """
        now = fields.Datetime.now()
        deputy = self.acting_responsible_id.filtered("active")
        acts = self.acting_until and self.acting_until > now and deputy
        return deputy if acts else self.first_responsible_id.filtered("active")

    def _whose_turn(self):
        """Who hears of what comes in: the handler, else who answers for it at present.

        Nobody who has left, or is away while somebody stands in for him.
        """
        case = self.sudo()
        return case.user_id.filtered("active") or case._acting_responsible()

    def _desk_handler(self):
        """Whose work it is while no department has it; rooms say who must not have it."""
        return self._acting_responsible()

    def _back_to_desk(self):
        """A department has no part in it any more, or the deputy's time is over."""
        self.ensure_one()
        trusted(self.sudo()).user_id = self._desk_handler()

    def _appoint_deputy(self, user, until, reason):
        """Have ``user`` act for the first responsible person until he is back.

        :param user: res.users who acts
        :param until: naive UTC moment at which the first responsible person is back
        :param reason: why, required
        :raises UserError: without reason or first responsible person, or by anybody below
            supervisor, or when the deputy may not see a case
        :raises ValidationError: when the time lies in the past
        """
        self.check_access("write")
        self._check_unsealed()
        self._check_deputy(user, until, reason)
        before = self._deputies_now()
        for case in self:
            values = {
                "acting_responsible_id": user.id,
                "acting_until": until,
                "deputy_ids": [fields.Command.link(user.id)],
            }
            if case.user_id in (case._acting_responsible() or case.first_responsible_id):
                values["user_id"] = user.id
            trusted(case).write(values)
            if not case._is_open_to(user):
                raise UserError(
                    self.env._("%(case)s is restricted: hand it over instead.", case=case.name)
                )
        payload = {"to": user.id, "until": until.isoformat(), "reason": reason}
        self._log_events("deputy_appointed", payload)
        self._tell_deputy(user)
        self._tell_relieved(before)
        # sudo: ir.cron - whoever appoints a deputy may have his time end by itself
        self.env.ref("water_service_desk.ir_cron_deputies").sudo()._trigger(at=until)

    def _check_deputy(self, user, until, reason):
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise UserError(self.env._("Only a supervisor appoints a deputy."))
        if not said(reason):
            raise UserError(self.env._("Say why a deputy is needed."))
        if until <= fields.Datetime.now():
            raise ValidationError(self.env._("The deputy's time must end in the future."))
        for case in self:
            if not case.first_responsible_id or case.first_responsible_id == user:
                raise UserError(
                    self.env._(
                        "%(case)s: choose somebody else than the first responsible person, who"
                        " must be there first.",
                        case=case.name,
                    )
                )
        self._check_at_work(user)
        self._check_handler(user)

    def _tell_deputy(self, user):
        tell_staff(
            self,
            user,
            lambda cases: cases.env._("You act as first responsible person: %s cases", len(cases)),
            is_list=True,
        )

    def _deputies_now(self):
        """{res.users: cases} of those who act at present, each by his own time."""
        now = fields.Datetime.now()
        acting = self.filtered(lambda case: case.acting_until and case.acting_until > now)
        return acting.grouped("acting_responsible_id")

    def _tell_relieved(self, before):
        """Whoever acted and does so no more before his time hears it, and whose work it is now.

        :param before: {res.users: cases} of those who acted
        """
        for deputy, cases in before.items():
            relieved = cases.filtered(lambda case, he=deputy: case._acting_responsible() != he)
            for person, rows in relieved.grouped(lambda case: case._acting_responsible()).items():
                rows._tell_whose_work(deputy, person)

    def _tell_whose_work(self, deputy, person):
        tell_staff(
            self,
            deputy,
            lambda cases: cases.env._(
                "You no longer act as first responsible person, %(person)s does: %(count)s cases",
                person=person.sudo().name or "–",
                count=len(cases),
            ),
            is_list=True,
        )

    def _hand_over(self, user, reason):
        before = self._deputies_now()
        done = super()._hand_over(user, reason)
        trusted(self).write({"acting_responsible_id": False, "acting_until": False})
        self._tell_relieved(before)
        return done

    def _end_deputy(self):
        """The first responsible person is back: the work that was his is his again.

        With a case that has ended there is none, and to what is filed nothing is added.
        """
        for case in self.filtered("acting_responsible_id"):
            deputy = case.acting_responsible_id
            trusted(case.sudo()).write({"acting_responsible_id": False, "acting_until": False})
            if case.state in case._final_states:
                continue
            if case.user_id == deputy:
                case._back_to_desk()
            case._log_events("deputy_ended", {"from": deputy.id})
            if not case._acting_responsible():
                case._tell_nobody_answers()

    def _tell_nobody_answers(self):
        """Whoever answers for it has left meanwhile: nobody has it until it is handed over."""
        tell_staff(
            self,
            self._desk_supervisors(),
            lambda case: case.env._(
                "%s: the deputy's time is over, and who answered for it has left: hand it over",
                case.name,
            ),
        )

    def action_end_deputy(self):
        """End the deputy's time now.

        :raises UserError: by anybody but a supervisor or the first responsible person
        """
        self.check_access("write")
        supervises = self.env.user.has_group(SUPERVISOR)
        if not supervises and any(case.first_responsible_id != self.env.user for case in self):
            raise UserError(self.env._("Only a supervisor ends the time of a deputy."))
        before = self._deputies_now()
        self._end_deputy()
        self._tell_relieved(before)
        return True

    def action_appoint_deputy(self):
        """Open the dialog that appoints a deputy."""
        return self._dialog("water.deputy.wizard", self.env._("Deputy"))

    @api.model
    def _cron_end_deputies(self):
        """Scheduled action: whoever is back has his cases again, in committed batches."""
        over = Domain("acting_until", "<=", fields.Datetime.now())
        for model in self.env["water.case.link.mixin"]._case_models().values():
            rows, last = self.env[model], 0
            while cases := rows.search(over & Domain("id", ">", last), order="id", limit=BATCH):
                last = cases[-1].id
                each_apart(cases, type(rows)._end_deputy)
                if not self.env["ir.cron"]._commit_progress(len(cases)):
                    return
