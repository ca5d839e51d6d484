from datetime import UTC, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_date, is_html_empty

from ...base.marks import marked
from ...base.moments import moment_text
from ...intake import uploads
from ...privacy.masking import mask_phone

#: How long a slot for a call is, and how far ahead they are offered.
SLOT, SLOTS_AHEAD = timedelta(hours=1), timedelta(days=6)


class WaterCaseMixin(models.AbstractModel):
    """The customer's page of a case: plain values in public words, never records.

    Templates get only these values, so that no internal name, person or file can reach a page.
    """

    _inherit = "water.case.mixin"

    #: the states of a smooth course, in order
    _portal_path = ()
    #: states from which going back means that the matter was taken up again
    _portal_told_states = frozenset()

    # -- words ----------------------------------------------------------------------------

    @api.model
    def _portal_words(self):
        """Return the texts of this case type's pages; heirs have their own."""
        return {}

    def _portal_titles(self):
        """Return {state: short title of the step}; heirs have their own."""
        return {}

    def _portal_coming_titles(self):
        """Return {state: title of a coming step} where the words differ."""
        return {}

    def _portal_event_titles(self):
        """Return {kind of event: text of the timeline}; heirs add theirs."""
        return {
            "contacted": self.env._("We talked to you"),
            "arrived": self.env._("Our staff are on site"),
            "customer_message": self.env._("You added information"),
            "callback_done": self.env._("We asked you how it went"),
            "callback_requested": self.env._("You requested a call"),
            "callback_cancelled": self.env._("You cancelled the call"),
            "callback_returned": self.env._("We called you as you had asked"),
        }

    @api.model
    def _portal_clock_titles(self):
        return {
            "contact": self.env._("First contact with you"),
            "on_site": self.env._("Visit by our staff"),
            "news": self.env._("Progress report"),
            "close": self.env._("Result of your case"),
            "promise": self.env._("Result of your case"),
            "callback": self.env._("We ask you how it went"),
        }

    @api.model
    def _portal_promise_titles(self):
        return {
            "result": self.env._("Result of your case"),
            "contact": self.env._("Call or message to you"),
            "visit": self.env._("Visit by our staff"),
            "other": self.env._("The date we promised you"),
        }

    def _portal_near_time(self, moment):
        """Return a moment for pages: of today and tomorrow the hour alone, such as today 18:40."""
        text = self._portal_time(moment)
        zone = ZoneInfo((self.company_id[:1] or self.env.company)._water_reader_tz())
        if not moment or self._is_provisional_date(moment):
            return text
        day, hour = text.split(" ", 1)
        today = fields.Datetime.now().replace(tzinfo=UTC).astimezone(zone).date()
        near = {
            f"{today}": self.env._("%s today"),
            f"{today + timedelta(days=1)}": self.env._("%s tomorrow"),
        }.get(day)
        return near % hour if near else text

    def _portal_time(self, moment):
        tz = (self.company_id[:1] or self.env.company)._water_reader_tz()
        text = moment_text(self.env, moment, tz)
        provisional = moment and self._is_provisional_date(moment)
        return self._say_provisional(text) if provisional else text

    # -- the timeline ---------------------------------------------------------------------

    def _portal_timeline(self):
        """Steps like the tracking of a parcel: past with time, present, coming ones.

        :return: list of {title, note, at, kind: past|present|coming|event}
        """
        steps = self._portal_past_steps()
        titles = self._portal_titles()
        present = next(step for step in reversed(steps) if "state" in step)
        present["kind"] = "present" if self.state not in self._final_states else "past"
        present["note"] = self._stage_words()
        path = self._portal_path
        ahead = path[path.index(self.state) + 1 :] if self.state in path else ()
        if self.state in self._final_states:
            ahead = ()
        coming = titles | self._portal_coming_titles()
        return steps + [
            {"title": coming[state], "note": "", "at": "", "kind": "coming"} for state in ahead
        ]

    def _portal_past_steps(self):
        """Return past steps, oldest first, without those taken back internally."""
        titles, others = self._portal_titles(), self._portal_event_titles()
        steps = [self._portal_step(titles, self._initial_state, self.received_at)]
        for event in self.sudo().event_ids.sorted(lambda event: (event.at, event.id)):
            title = others.get(event.kind)
            if event.kind == "moved":
                self._portal_move(steps, titles, event)
            elif title and steps[-1]["title"] != title:
                step = {"title": title, "note": "", "kind": "event"}
                steps.append(step | {"at": self._portal_time(event.at)})
        return steps

    def _portal_move(self, steps, titles, event):
        origin, target = event.payload.get("from"), event.payload.get("to")
        states = [step.get("state") for step in steps]
        if target in states and origin not in self._portal_told_states:
            index = states.index(target)
            steps[index + 1 :] = [step for step in steps[index + 1 :] if step["kind"] == "event"]
        elif target in titles:
            steps.append(self._portal_step(titles, target, event.at))

    def _portal_step(self, titles, state, at):
        return {
            "state": state,
            "title": titles[state],
            "note": "",
            "at": self._portal_time(at),
            "kind": "past",
        }

    # -- conversation and files -----------------------------------------------------------

    def _portal_conversation(self):
        """The customer's messages and the company's public ones, oldest first."""
        # sudo: mail.message - the case is the customer's, internal notes are left out
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", ("comment", "email")),
                    ("is_internal", "=", False),
                    ("subtype_id.internal", "=", False),
                    ("subtype_id", "!=", False),
                ],
                order="id",
            )
        )
        # sudo: res.partner - whom strangers write as, when the case has no customer on record
        own = self._portal_voices() | self.env.ref("base.public_partner").sudo()
        shown = messages.filtered(
            lambda m: m.author_id in own or (m.author_id and not m.author_id.partner_share)
        )
        return [
            {
                "mine": message.author_id in own,
                "who": self._portal_writer(message.author_id),
                "at": self._portal_time(message.date),
                "body": message.body,
            }
            for message in shown
            if not is_html_empty(message.body)
        ]

    def _portal_files(self):
        return [self._portal_file_card(file) for file in self._portal_shown_files()]

    def _portal_shown_files(self):
        return self.sudo().published_attachment_ids.sorted("id")

    def _portal_file_card(self, file):
        return {
            "name": file.name,
            "url": f"{self._portal_address()}/file/{file.id}",
            "is_image": file.mimetype in uploads.INLINE,
        }

    def _portal_address(self):
        """Return the path of the case's page: in the portal, or tracked without login."""
        return self.env.context.get("water_page") or f"{self._portal_url}/{self.id}"

    def _portal_voices(self):
        """Return the res.partner whose messages count as the customer's; rooms add delegates."""
        return self.partner_id

    def _portal_opened(self):
        """Hook: the customer has opened the page of the case."""

    # -- whole pages ----------------------------------------------------------------------

    def _portal_facts(self):
        """Return (label, text) pairs of the customer's facts; heirs add theirs."""
        category = self.sudo().category_id
        badge = self.sudo()._acting_responsible().water_badge
        shown = marked(self, "water_portal")
        return [
            (self.env._("Number"), self.name),
            (self.env._("Received at"), self._portal_time(self.received_at)),
            (self.env._("Matter"), category.public_name or category.name or ""),
            (self.env._("Account"), self.sudo().account_id.code or ""),
            (self.env._("Address"), self.address or ""),
            (self.env._("Position"), self.sudo().position or ""),
            (self.env._("Your words"), self.verbatim or self.description or ""),
            *(self._answers_given() if self.verbatim else []),
            (self.env._("Served by"), self.env._("Badge no. %s", badge) if badge else ""),
            *((self._customer_label(name)[1], self._portal_value(name)) for name in shown),
        ]

    def _portal_value(self, name):
        # sudo: case - what its own customer is shown of it
        value, field = self.sudo()[name], self._fields[name]
        if field.type == "datetime":
            return self._portal_time(value)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return value or ""

    def _portal_page(self):
        """Everything the detail page shows."""
        self.ensure_one()
        return {
            "id": self.id,
            "number": self.name,
            "subject": self.subject,
            "url": self._portal_address(),
            "status": self._portal_titles()[self.state],
            "is_open": self.state not in self._final_states,
            "facts": [(label, text) for label, text in self._portal_facts() if text],
            "promises": self._portal_promises(),
            "timeline": self._portal_timeline(),
            "messages": self._portal_conversation(),
            "files": self._portal_files(),
            "call": self._portal_call(),
            "call_slots": self._portal_call_slots(),
            "can": {action: self._portal_permits(action) for action in self._portal_actions()},
            "call_now": self._should_call_now(),
            "has_own_promise": self._has_own_promise(),
            "next": self._portal_next(),
            "steps": self._portal_words().get("next", ()),
            "reached": self._portal_reached(),
            "goes_on": self._portal_goes_on(),
        }

    def _portal_continued(self):
        """Return the case that continues an ended one, or an empty recordset."""
        return self.browse()

    def _portal_goes_on(self):
        """Return the link to the continuing case, instead of calling it closed.

        :return: ``{text, url}``, empty without a continuation. Readers by code or link may open
            this case alone: they get no ``url``
        """
        again = self.sudo()._portal_continued()
        if not again or again.partner_id != self.sudo().partner_id:
            return {}
        url = "" if self.env.context.get("water_page") else again._portal_address()
        return {
            "text": self.env._("The case continues under the number %s.", again.name),
            "url": url,
        }

    def _portal_reached(self):
        """Return the telephone number on file; "" without one, or once the case is closed.

        Masked for readers by code or link, who may be other people.
        """
        phone = self.state not in self._final_states and self.sudo().phone
        if phone and self.env.context.get("water_page"):
            phone = mask_phone(phone)
        return self.env._("We will call %s.", phone) if phone else ""

    def _portal_call_slots(self):
        """Return [(day, [(value of the form, hours)])] of possible times for a call."""
        zone = ZoneInfo(self.company_id._water_reader_tz())
        begin = fields.Datetime.now().replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
        begin += SLOT * 2  # no call before an agent has read the request
        calendar = self.company_id.sudo()._water_calendar()
        spans = calendar._work_intervals_batch(begin, begin + SLOTS_AHEAD)[False]
        days = {}
        for start, stop, _rows in spans:
            moment = start.astimezone(zone).replace(minute=0, second=0, microsecond=0)
            moment += SLOT if moment < start else SLOT * 0
            while moment + SLOT <= stop:
                text = f"{moment:%H:%M} – {moment + SLOT:%H:%M}"
                hours = days.setdefault(moment.date(), [])
                hours.append((f"{moment:%Y-%m-%dT%H:%M}", text))
                moment += SLOT
        write = partial(format_date, self.env, date_format="EEEE, yyyy-MM-dd")
        return [(write(day), hours) for day, hours in days.items()]

    def _portal_call(self):
        call = self.sudo()._open_calls("requested")[:1]
        if not call:
            return ""
        until = self._portal_time(call.wished_at + SLOT).split(" ", 1)[1]
        slot = f"{self._portal_near_time(call.wished_at)}–{until}"
        return self.env._("We will call you: %s.", slot)

    def _portal_has_result(self):
        return self.state in self._portal_told_states or self.state in self._final_states

    def _portal_waits_for(self):
        """Return the requested actions that are possible now."""
        rows = self._portal_actions().items()
        return {action for action, row in rows if row.asks and self._portal_permits(action)}

    def _portal_next(self):
        awaited = self._portal_waits_for()
        return [
            {"place": row.place, "text": self.env._(row.asks)}
            for action, row in self._portal_actions().items()
            if action in awaited
        ]

    def _portal_rows(self):
        """Return the row of each case in a list."""
        titles = self._portal_titles()
        return [
            {
                "number": case.name,
                "subject": case.subject,
                "url": f"{case._portal_url}/{case.id}",
                "status": titles[case.state],
                "is_open": not case.closed_at,
                "received": case._portal_time(case.received_at),
                "promised": "" if case._portal_has_result() else case._portal_due(),
                "needs_you": bool(case._portal_waits_for()),
            }
            for case in self
        ]
