from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base.marks import marked
from ...base.moments import CLOCK_SKEW
from ...base.tables import table
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ..births import CONVERTED, SAME

#: From the mildest to the gravest.
RANK = {"normal": 0, "complex": 1, "urgent": 2, "emergency": 3}
#: Fields searched for emergency words.
TEXTS = ("subject", "description", "verbatim", "demand")
NATURES = [
    ("inquiry", "Inquiry"),
    ("help", "Call for help"),
    ("repair", "Repair"),
    ("complaint", "Complaint"),
    ("report", "Report of wrongdoing"),
    ("suggestion", "Suggestion"),
]
EMOTIONS = [("calm", "Calm"), ("agitated", "Agitated"), ("threatening", "Threatening")]
#: A contact in which such a mood shows is no mere question.
UPSET = ("agitated", "threatening")
#: Fields of the triage; changes need a reason.
TRIAGED = ("severity", "nature", "prejudgement")
#: Triage fields logged in the chain; severity has an event of its own.
KEPT = ("nature", "prejudgement", "category_id", "channel_id", "household_count")


def _told(value):
    """A value of the first look as the chain has it: codes for records."""
    return (value.code if isinstance(value, models.BaseModel) else value) or ""


#: Fields set by authorised people alone, after the creation.
SET_LATER = frozenset({"legal_hold", "claimed_partner_id"})


class WaterCaseMixin(models.AbstractModel):
    """The triage of a case: nature and severity (S3.2.1e).

    The severity follows from category and words; users who change it give a reason, and the chain
    logs the old value.
    """

    _inherit = "water.case.mixin"

    #: default nature of this case type
    _nature = False
    #: whether an upset customer is no case for this type
    _calm_only = False

    nature = fields.Selection(NATURES, default=lambda self: self._nature)
    emotion = fields.Selection(EMOTIONS, string="Mood", help="How the customer spoke (S3.2.1b).")
    household_count = fields.Integer(
        string="Households Affected",
        help="As far as can be told at the first look.",
        water_born=(CONVERTED,),
    )
    prejudgement = fields.Selection(
        [("valid", "Probably valid"), ("invalid", "Probably invalid")],
        string="First Judgement",
        copy=False,
        help="Whether the company seems to be at fault; the investigation decides.",
    )
    triage_reason = fields.Char(
        string="Why",
        copy=False,
        help="Why severity, nature or first judgement are what they are.",
        water_open=True,
    )

    _household_sane = models.Constraint(
        "CHECK (household_count >= 0)", "Households affected cannot be fewer than none."
    )

    # -- what follows by itself --------------------------------------------------------------

    @api.model
    def _judge_at_birth(self, vals_list):
        """Raise the severity by category and words; an upset customer does not merely ask.

        :return: for each of the values the log entry for the chain, or None
        """
        for vals in vals_list:
            self._check_downgrade(vals)
        return [self._raise_severity(vals) for vals in vals_list]

    def _log_raised(self, reasons):
        raised = {case.id: why for case, why in zip(self, reasons, strict=True) if why}
        if raised:
            self.browse(raised)._log_events("severity_changed", raised)

    @api.model
    def _check_downgrade(self, vals):
        """S3.2.1e: who is upset does not merely ask, unless the agent says why.

        :raises UserError: with what to do instead
        """
        upset = self._calm_only and vals.get("emotion") in UPSET
        if upset and not strip_invisible(vals.get("triage_reason")) and not self.env.su:
            raise UserError(
                self.env._(
                    "The customer is not satisfied: register a complaint, or say why it is a"
                    " question all the same."
                )
            )

    @api.model
    def _raise_severity(self, vals):
        """Put the severity of category and words into ``vals`` if it is higher.

        :return: the log entry for the chain, or None
        """
        category = self.env["water.category"].sudo().browse(vals.get("category_id"))
        given = vals.get("severity") or category.severity or "normal"
        always = category.emergency_trigger == "always"
        found = [("emergency", self._category_reason(category))] if always else []
        company = vals.get("company_id") or self.env.company.id
        found += self._word_reasons([vals.get(name) for name in TEXTS], company)
        graver = [(new, why) for new, why in found if RANK[new] > RANK.get(given, 0)]
        if not graver:
            return None
        new, why = max(graver, key=lambda item: RANK[item[0]])
        vals.update(severity=new, triage_reason=vals.get("triage_reason") or why)
        return {"from": given, "to": new, "reason": why}

    @api.model
    def _category_reason(self, category):
        return self.env._("“%s” is always an emergency.", category.name)

    @api.model
    def _word_reasons(self, texts, company_id):
        words = self.env["water.emergency.word"]._find("\n".join(filter(None, texts)), company_id)
        return [(severity, self.env._("It says “%s”.", word)) for word, severity in words]

    def _given_texts(self, before=None):
        """The texts of the case; ``before`` has those that were written since."""
        # sudo: case - the words are looked through, not shown
        case = self.sudo()
        return [(before or {}).get(name, case[name]) for name in TEXTS if name in self._fields]

    # -- what people change ------------------------------------------------------------------

    def _check_write(self, vals):
        super()._check_write(vals)
        self._check_triage_reason(vals)

    def _on_words(self, before, vals):
        """Words that have come into the text raise the severity; old ones were judged."""
        if not is_trusted(self.env):
            for case in self:
                case._raise_by_words(set(case._found_words(before[case.id])))

    def _on_category(self, before, vals):
        if is_trusted(self.env):
            return
        for case in self.filtered(lambda case: case.state not in case._final_states):
            category = case.category_id.sudo()
            other = before[case.id]["category_id"] != case.category_id
            if other and category.emergency_trigger == "always" and case.severity != "emergency":
                why = self._category_reason(category)
                case.write({"severity": "emergency", "triage_reason": why})

    def _on_triaged(self, before, vals):
        """Log changes of the triage fields and of their reason."""
        if is_trusted(self.env):
            return
        for case in self:
            old = before[case.id]
            moved = {
                name.removesuffix("_id"): [_told(old[name]), _told(case[name])]
                for name in KEPT
                if name in old and old[name] != case[name]
            }
            is_other = {
                name: old.get(name, case[name]) != case[name]
                for name in ("severity", "triage_reason")
            }
            if moved or (is_other["triage_reason"] and not is_other["severity"]):
                case._log_events("triaged", {**moved, "reason": vals.get("triage_reason") or ""})

    def _on_severity(self, before, vals):
        changed = self.filtered(lambda case: before[case.id]["severity"] != case.severity)
        if changed:
            old = {case.id: before[case.id]["severity"] for case in changed}
            changed._severity_changed(old, vals.get("triage_reason"))
        self.filtered(lambda case: before[case.id]["severity"] != "emergency")._call_out()

    def _check_triage_reason(self, vals):
        """Require a reason for changes of the triage, at every door.

        :raises UserError: with what is missing
        """
        changed = [
            name
            for name in TRIAGED
            if name in vals and any(case[name] and case[name] != vals[name] for case in self)
        ]
        if changed and not strip_invisible(vals.get("triage_reason")):
            labels = [self._fields[name]._description_string(self.env) for name in changed]
            raise UserError(
                self.env._(
                    "Say why it is seen otherwise now (%(what)s): use the button “Reassess”.",
                    what=labels,
                )
            )

    def _found_words(self, before=None):
        words = self.env["water.emergency.word"]
        texts = "\n".join(text for text in self._given_texts(before) if text)
        return words._find(texts, self.company_id.id)

    def _raise_by_words(self, before):
        fresh = [hit for hit in self._found_words() if hit not in before]
        graver = [hit for hit in fresh if RANK[hit[1]] > RANK[self.severity]]
        if graver and self.state not in self._final_states:
            word, severity = graver[0]
            why = self.env._("It says “%s”.", word)
            self.write({"severity": severity, "triage_reason": why})

    def _severity_changed(self, before, reason):
        """Keep the change, and have the clocks of a graver case run by its standard.

        :param before: {case id: severity before}
        """
        self._log_events(
            "severity_changed",
            {
                case.id: {
                    "from": before[case.id],
                    "to": case.severity,
                    **({"reason": reason} if reason else {}),
                }
                for case in self
            },
        )
        graver = self.filtered(lambda case: RANK.get(case.severity, 0) > RANK[before[case.id]])
        graver._hurry_clocks(reason or self.env._("Severity raised"))
        (self - graver)._ease_clocks(reason or self.env._("Severity lowered"))

    def _hurry_clocks(self, reason):
        """Replace running clocks by earlier ones of the higher standard; none is lost.

        Additional limits of the new standard run from now on. Paused clocks are shortened as well,
        and an emergency ends all pauses.
        """
        now = fields.Datetime.now()
        for case in self.sudo().filtered(lambda c: c.state not in c._final_states):
            if case.severity == "emergency":
                case._open_clocks()._resume(now)
                case._open_clocks()._lapse_requests()
            case._start_missing_clocks(case._hurry_by_standard(reason), now)

    def _hurry_by_standard(self, reason):
        """No clock of the case ends later than the standard for its severity says.

        :return: the lines of that standard that begin with the receipt
        """
        office = self.company_id._water_calendar()
        lines = [line for line in self._standard_lines(office) if line.start_on == "received"]
        going = self._open_clocks().filtered(lambda row: row.state in ("running", "paused"))
        for clock in going.filtered("standard_line_id"):
            line = next((li for li in lines if li.kind == clock.kind), None)
            values = line and self._clock_values(line, clock.started_at, office)
            if values and values["due_at"] < clock.planned_due_at:
                clock._replan_by(values, reason)
        return lines

    def _ease_clocks(self, reason):
        """A milder standard holds: its limits replace those whose reason is gone, on record."""
        for case in self.sudo().filtered(lambda c: c.state not in c._final_states):
            case._follow_standard(reason)

    def _start_missing_clocks(self, lines, at):
        """Start additional limits of the new standard at ``at`` (naive UTC).

        None starts once the work is done, even if a call or the archiving is still open.
        """
        if self.closed_at:
            return
        there = self.deadline_ids.filtered(lambda clock: not clock.is_dropped)
        missing = {line.kind for line in lines} - set(there.mapped("kind"))
        if missing:
            self._start_clocks("received", at=at, kinds=missing)

    def action_triage(self):
        """Open the dialog that judges the case anew, with the reason."""
        return self._dialog("water.triage.wizard", self.env._("Reassess"))

    def _retriage(self, values, reason):
        """Change the triage of the cases (S3.2.1e).

        :param values: changed fields: severity, nature, category, households …
        :param reason: why, required
        :raises UserError: without a reason, or for a finished case
        """
        self.check_access("write")
        self._check_unsealed()
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        other = self.filtered(
            lambda case: any(case._is_other(name, value) for name, value in values.items())
        )
        if other:  # unchanged values keep their reason
            other.write({**values, "triage_reason": reason})

    # -- births --------------------------------------------------------------------------------
    # Fields copied to a case created from another one, marked by ``water_born``.
    #
    # Fields that a copy takes (``copy``) continue the same subject without a mark. Facts of one
    # case alone (number, people, clocks, findings, work) have none.

    def _values_along(self, way, born):
        # sudo: case - the company's own facts are copied, also unreadable ones
        case = self.sudo()
        given = [name for name in self._names_along(way, born) if not born._is_set_later(name)]
        values = {name: self._fields[name].convert_to_write(case[name], case) for name in given}
        if way in SAME and self._is_unproved():
            values["is_of_unproved"] = True
        return values

    def _take_along(self, before, way):
        case, known = self.sudo(), before.sudo()
        names = [name for name in before._names_along(way, self) if self._is_set_later(name)]
        values = {name: known._fields[name].convert_to_write(known[name], known) for name in names}
        trusted(case).write({name: values[name] for name in values if values[name]})

    def _names_along(self, way, born):
        rows = marked(self, "water_born").items()
        both = self._fields.keys() & born._fields.keys()
        return [name for name, ways in rows if way in ways and name in both]

    def _check_has_been(self, moment):
        """Refuse a moment to come, unless it came along from another case.

        When that came in, the system has written: by the clock of another machine, maybe, which is
        ahead of ours.
        """
        if moment <= fields.Datetime.now() + CLOCK_SKEW:
            return
        for model in self.env["water.case.link.mixin"]._case_models().values():
            theirs = Domain("received_at", "=", moment)
            if model == self._name:
                theirs &= Domain("id", "not in", self.ids)
            # sudo: case - whether a case came in then
            if self.env[model].sudo().search_count(theirs, limit=1):
                return
        raise ValidationError(self.env._("What has happened cannot lie in the future."))

    def _is_set_later(self, name):
        given = table(self, "_settable_on_create")
        return name in SET_LATER or (self._fields[name].readonly and name not in given)

    # -- held afterwards ------------------------------------------------------------------------

    def _born_of_it(self):
        """Hook: the cases that were born of this one, with superuser rights: a list of recordsets.

        Called with ``sudo``; rooms that have cases born add theirs.
        """
        return []

    def _on_hold(self, before, vals):
        for case in self.sudo().filtered("legal_hold"):
            if not before[case.id]["legal_hold"]:
                for born in case._born_of_it():
                    for one in born.filtered(lambda row: not row.legal_hold):
                        one._hold_with(case)

    def _hold_with(self, before):
        trusted(self).legal_hold = True
