from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.isolated import run_each_isolated, run_isolated
from odoo.addons.water_service_desk.base.models.res_company import check_most
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.todos import end_todos, open_todos
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import sentences, strip_invisible
from odoo.addons.water_service_desk.messaging.models.water_gateway import MEDIA

from .water_incident import CASE_MODELS

#: The commander's to-do to send news.
NEWS = "water_complaints.mail_activity_type_news"
#: News come once a year at least, in hours.
LONGEST = 8760


def read_by_customer(record, name):
    """Return a text in the customer's language: English, where filled, unless they read Chinese.

    :param record: with fields ``name`` and ``name_en``, in the environment of the customer
    """
    english = not (record.env.lang or "zh").startswith("zh") and record[f"{name}_en"]
    return english or record[name] or ""


class WaterIncident(models.Model):
    """News to the people affected by an incident."""

    _inherit = "water.incident"

    late_told_at = fields.Datetime(
        string="Expected End Passed",
        readonly=True,
        copy=False,
        help="The incident commander was told.",
    )

    @api.constrains("progress_hours")
    def _check_progress_hours(self):
        check_most(self, "progress_hours", LONGEST)

    # -- words --------------------------------------------------------------------------------

    def _local(self, moment):
        zone = self.company_id.sudo()._water_calendar().tz
        return moment and moment_text(self.env, moment, zone)

    def _words(self):
        """Return the values of the placeholders for this incident."""
        until = self._local(self._end_ahead())
        return {
            "subject": read_by_customer(self, "subject"),
            "cause": self._cause_words(),
            "since": self._local(self.aware_at),
            "until": until or self.env._("further notice"),
            "advice": self._advice_now(),
        }

    def _cause_words(self):
        words = read_by_customer(self, "cause") or read_by_customer(self, "subject")
        return strip_invisible(words).rstrip(".。")

    def _spoken_alert(self):
        """Return what the agent can tell a caller at once."""
        if self._is_past_announced_end():
            return self._late_alert()
        spoken = self.kind_id._worded("spoken_text", self._words()) or self.subject
        return sentences([spoken, not self.is_planned and self._expected_words()])

    def _promise_rows(self):
        """Return the promises to all of its cases as ``(title, sentence)`` pairs.

        The incident, its expected end, and the time of the next news.
        """
        self.ensure_one()
        unknown = self.env._("It is not known yet when it will be over.")
        subject = read_by_customer(self, "subject")
        known = self.env._("This belongs to a known incident: %s.", subject)
        if self.is_planned:
            known = self.env._("This belongs to planned work: %s.", subject)
        rows = [
            (self.env._("Incident"), known),
            (self.env._("Expected end"), self._expected_words() or unknown),
        ]
        news = self.next_progress_at
        if news and news > fields.Datetime.now():
            words = self.env._("We will tell you how it stands by %s.", self._local(news))
            rows.append((self.env._("Next news"), words))
        return rows

    def _draft_news(self):
        name = "end_text" if self._is_lifted() else "news_text"
        return self.kind_id._worded(name, self._words()) or self.subject

    def _draft_english(self, draft):
        """Return the draft in English, once the incident has an English subject."""
        english = self.with_context(lang="en_US")
        return self.subject_en and getattr(english, draft)()

    def _draft_restored(self):
        return self.kind_id._worded("end_text", self._words()) or self.subject

    # -- dialogs ------------------------------------------------------------------------------

    def action_news(self):
        """Open the dialog that tells all how it stands."""
        self._check_step("open")
        return self._dialog("progress")

    def action_restore(self):
        """Open the dialog that ends the incident, with what closes and what stays open."""
        self._check_step("open")
        dialog = self._dialog("restored")
        # created here: a client would send back only the lines' editable fields
        wizard = self.env["water.incident.wizard"].create(
            {"incident_id": self.id, "kind": "restored"}
        )
        return {**dialog, "res_id": wizard.id}

    def _dialog(self, kind):
        self.ensure_one()
        return windows.dialog(
            "water.incident.wizard",
            self.env._("News") if kind == "progress" else self.kind_id.end_name,
            {"default_incident_id": self.id, "default_kind": kind},
        )

    def action_dismiss(self):
        """Open the dialog that says why it is none."""
        self._check_step("proposed")
        return {**self._dialog("dismissed"), "name": self.env._("No Incident")}

    # -- telling ------------------------------------------------------------------------------

    def _announce(self, kind, text, expected=None, chosen=None, english=False):
        """Send news to all affected people, in the background.

        :param kind: as in ``water.incident.notice``
        :param text: the news
        :param expected: naive UTC time of the expected end, or False
        :param chosen: {case model: ids} of the cases to close at the end
        :param english: the news for customers who do not read Chinese
        :raises UserError: without a text, or before planned work whose lead time is too short
        :return: water.incident.notice
        """
        self.ensure_one()
        self.check_access("write")
        if not strip_invisible(text):
            raise UserError(self.env._("Write down what customers are told."))
        if expected and expected < fields.Datetime.now():
            raise UserError(
                self.env._("This end has passed: enter when it will be over, or leave it empty.")
            )
        expected = self._end_to_announce(kind, expected)
        if kind == "progress":
            self._check_lead()
        waiting = self._same_news(kind, text.strip(), expected)
        if waiting:
            return waiting
        # sudo: water.incident.notice - written by this checked service alone
        notice = trusted(self.env["water.incident.notice"].sudo()).create(
            {
                "incident_id": self.id,
                "kind": kind,
                "body": text.strip(),
                "body_en": strip_invisible(english),
                "begin_at": kind == "progress" and self._is_ahead() and self.aware_at,
                "expected_at": expected,
                "user_id": self.env.uid,
                "chosen": chosen,
            }
        )
        if kind == "progress":
            values = {"next_progress_at": self._next_news_after(fields.Datetime.now())}
            if expected and not self._is_ahead():
                values["expected_at"] = expected
            trusted(self).write(values)
            self._keep_announcement(notice)
        end_todos(self, NEWS)
        self._wake_broadcast()
        return notice.with_env(self.env)

    def _end_to_announce(self, kind, expected):
        """Return the end that news name; before planned work the announced one.

        :param expected: naive UTC end that the user has chosen, or False
        """
        if kind != "progress" or not self._is_ahead():
            return expected
        if expected and expected != self._planned_end():
            trusted(self).announced_end_at = expected
        return self._planned_end()

    def _same_news(self, kind, text, expected):
        """Return equal news that are still queued, so that two users do not send them twice."""
        # sudo: water.incident.notice - users who send news may know queued ones
        waiting = self.sudo().notice_ids.filtered(
            lambda row: (
                row.state == "queued"
                and (row.kind, row.body, row.expected_at) == (kind, text, expected or False)
            )
        )
        return waiting[:1].with_env(self.env)

    @api.model
    def _wake_broadcast(self):
        # sudo: ir.cron - sending news triggers the job
        self.env.ref("water_complaints.ir_cron_incidents").sudo()._trigger()

    @api.model
    def _remind_of_news(self):
        now = fields.Datetime.now()
        late = self.sudo().search([("state", "=", "open"), ("next_progress_at", "<=", now)])
        run_each_isolated(late, type(self)._remind_of_next_news, now)

    def _commander(self):
        """Return the user who is asked to act: the commander, or who started the incident.

        If they have left: someone on duty, the head of the lead department, or a supervisor.
        """
        people = (
            self.manager_id + self.opened_by_id + self.roster_ids + self.department_id.manager_id
        )
        return people.filtered("active")[:1] or self.company_id._water_asked_user()

    def _remind_of_next_news(self, now):
        user = self._commander()
        words = self.with_context(lang=user.lang).env._("Tell all customers how it stands")
        asked = open_todos(self, NEWS).filtered(lambda todo: todo.user_id == user)
        if words not in asked.mapped("summary"):
            self.activity_schedule(NEWS, summary=words, user_id=user.id)
        trusted(self).write({"next_progress_at": self._next_news_after(now)})

    def _ask_for_news_now(self):
        """Ask the commander for news at once: the last ones no longer hold for all."""
        told = self.filtered("notice_ids")
        if told:
            trusted(told).write({"next_progress_at": fields.Datetime.now()})
            self._wake_broadcast()

    def _next_news_after(self, now):
        begun = max(now, self.aware_at) if self.is_planned else now
        return begun + timedelta(hours=self.progress_hours)

    # -- expectation ---------------------------------------------------------------------------
    # The expected end of an incident, and what is said once it has passed.
    #
    # A time that has passed is never shown as expected, on no page, in no message or call.

    @api.constrains("aware_at", "expected_at")
    def _check_lasts(self):
        for incident in self:
            if incident.expected_at and incident.expected_at < incident.aware_at:
                raise ValidationError(self.env._("The supply cannot be back before it was gone."))

    def _expected_end(self):
        announced = self.is_planned and self._announced_until()
        told = self.expected_at
        if announced and told and announced < fields.Datetime.now():
            return max(announced, told)
        return announced or told

    def _end_ahead(self):
        end = self._expected_end()
        return end and end >= fields.Datetime.now() and end

    def _is_past_expected_end(self):
        """Return whether the incident takes longer than the last news said."""
        return self.state == "open" and bool(self._expected_end()) and not self._end_ahead()

    def _expected_words(self):
        """Return the sentence about the end for callers."""
        if self._is_past_expected_end():
            return self.env._(
                "It was expected to be back by %s and is taking longer; no new time is known yet.",
                self._local(self._expected_end()),
            )
        until = self._local(self._end_ahead())
        return until and self.kind_id._worded("expected_text", {"until": until})

    def _late_alert(self):
        """Warn that planned work is late: new calls belong to another category (OT05)."""
        late = self.env._(
            "%(subject)s was announced until %(until)s and is not over: register it as"
            " “%(category)s”.",
            subject=self.subject,
            until=self._local(self._announced_until()),
            category=self.kind_id.late_category_id.display_name or self.env._("late"),
        )
        return sentences([late, self._end_ahead() and self._expected_words()])

    @api.model
    def _watch_expected_ends(self):
        """Notify the commander once when the incident takes longer than the news said."""
        for incident in self.sudo().search([("state", "=", "open")]):
            end, told_at = incident._expected_end(), incident.late_told_at
            if incident._is_past_expected_end() and not (told_at and told_at > end):
                run_isolated(incident, type(self)._tell_commander_of_the_end)

    def _tell_commander_of_the_end(self):
        user, now = self._commander(), fields.Datetime.now()
        localized = self.with_context(lang=user.lang)
        announced = self._is_past_announced_end() and not self.late_told_at
        summary = announced and localized._late_alert()
        self.activity_schedule(
            NEWS,
            summary=summary
            or localized.env._(
                "%(subject)s was expected to end by %(until)s: tell all customers how it stands",
                subject=self.subject,
                until=localized._local(self._expected_end()),
            ),
            user_id=user.id,
        )
        values = {"late_told_at": now, "next_progress_at": self._next_news_after(now)}
        trusted(self).write(values)

    # -- audience ------------------------------------------------------------------------------
    # People who would get the next news, and how: shown before sending.

    def _audience(self):
        """Return a ``Counter`` of people by channel; a false key counts unreachable people.

        Each person once, as ``water.incident.notice`` lists them.
        """
        # sudo: water.gateway, case, water.account - counted, not shown
        self = self.sudo()
        gateways = self.env["water.gateway"]._usable(self.company_id)
        people, found = self._people_of_cases(), Counter()
        for case in people.values():
            wanted = not self.is_planned or case._message_wanted("outage")
            route = wanted and case._message_route(gateways, has_text=True)
            found[route["medium"] if route else False] += 1
        holders = self.env["water.account"].search(self._accounts_domain()).partner_id
        holders -= holders.browse().union(*(told.partner_id for told in people.values()))
        for holder in holders:
            found[self._medium_of(holder, gateways)] += 1
        return found

    def _people_of_cases(self):
        """Return {key of a person: case} of all people with a linked case; as superuser.

        A customer is not listed again as a stranger, except if the stranger wants to stay
        anonymous.
        """
        people, strangers = {}, set()
        for model in CASE_MODELS:
            for case in self.env[model].search(self._open_children_domain(model)):
                for told in (case, *self.env["water.incident.notice"]._merged_into(case)):
                    who = told._notified_wording()
                    people.setdefault(who, told)
                    if isinstance(who, str) and not told.is_anonymous:
                        strangers.add(who)
        for address in self._known_addresses(strangers, people.values()):
            del people[address]
        return people

    def _known_addresses(self, strangers, cases):
        """Return the addresses among ``strangers`` of customers who get the news anyway.

        :param cases: the cases of all people who get them
        """
        if not strangers:
            return strangers
        listed = list(strangers)
        at = Domain("partner_id.email_normalized", "in", listed)
        at |= Domain("partner_id.phone_sanitized", "in", listed)
        holders = self.env["water.account"].search(self._accounts_domain() & at).partner_id
        known = holders.union(*(case.partner_id for case in cases))
        return strangers & {*known.mapped("email_normalized"), *known.mapped("phone_sanitized")}

    def _reach_of(self, cases):
        """``{case: "message", "call" or "none"}``: how the customers hear that it is over.

        :param cases: list of cases
        """
        # sudo: water.gateway, case - asked how customers are reached, not shown
        gateways = self.env["water.gateway"].sudo()._usable(self.company_id)
        found = {}
        for case in cases:
            own = case.sudo()
            by_phone = "call" if own._can_be_called() else "none"
            is_told = own._message_route(gateways, has_text=True)
            found[case] = "message" if is_told else by_phone
        return found

    def _medium_of(self, holder, gateways):
        """Return the channel for the holder of an account, or False."""
        wish = holder.water_message_medium
        if wish == "none" or (self.is_planned and not holder._water_wants("outage")):
            return False
        for medium in dict.fromkeys((*([wish] if wish else []), "mail", "wechat", "sms")):
            usable = medium == "mail" or gateways.get((medium, self.company_id))
            if usable and holder._water_address(medium):
                return medium
        return False

    def _audience_words(self):
        """「120 people: mail 80, SMS 30; 10 cannot be reached」 in the user's language."""
        found = self._audience()
        unreached = found.pop(False, 0)
        labels = dict(self.env["water.message"]._fields["medium"]._description_selection(self.env))
        order = [medium for medium, __ in MEDIA if found[medium]]
        channels = ", ".join(f"{labels[medium]} {found[medium]}" for medium in order)
        return self.env._(
            "%(count)s people are told: %(channels)s; %(unreached)s cannot be reached or want"
            " none.",
            count=sum(found.values()),
            channels=channels or self.env._("none"),
            unreached=unreached,
        )

    def action_open_audience(self):
        """Open the accounts whose holders are told."""
        self.ensure_one()
        return windows.rows("water.account", self.display_name, list(self._accounts_domain()))
