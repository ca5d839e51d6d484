from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.transitions import Missing, Move

from ...complaint.models.water_complaint import OPEN_STATES

DONE, ABSENT, MISSING = "done", "absent", "missing"
LATEST = datetime.max


class WaterComplaint(models.Model):
    """Whether the file of a complaint is complete (归档清单, S3.2.4b), item by item.

    An item is there, or does not apply for a reason that is named, or is missing; then the
    complaint is not archived. Other concerns join in without being listed here: rows of a model
    that belong to complaints may say what is open by ``_archive_missing()``.
    """

    _inherit = "water.complaint"

    _transitions = {
        ("confirmed", "archived"): Move(needs=("_need_complete",)),
        ("callback", "archived"): Move(needs=("_need_complete",)),
        **{
            (state, "archived"): Move(needs=("_need_complete_with_incident",))
            for state in OPEN_STATES
        },
    }

    archive_checklist = fields.Json(
        compute="_compute_archive_checklist", export_string_translation=False
    )

    @api.depends_context("lang")
    def _compute_archive_checklist(self):
        for case in self:
            case.archive_checklist = case._origin._checklist() if case._origin else []

    def _checklist(self):
        """The checklist of one complaint: dicts with key, label, state, note and link."""
        self.ensure_one()
        # sudo: rows - what is there and what is missing is no secret to whoever works on the case
        case = self.sudo()
        rows = []
        for key, (label, model) in self._checklist_items().items():
            state, note = getattr(case, f"_item_{key}")()
            link = bool(model) and case._has_rows(model)
            rows.append({"key": key, "label": label, "state": state, "note": note, "link": link})
        return rows + case._open_rows()

    @api.model
    def _checklist_items(self):
        """Return ``{key: (label, model of the rows that its link opens, or None)}``, in order.

        Each key has a method ``_item_<key>`` that returns (state, note).
        """
        return {
            "registration": (self.env._("Registration"), None),
            "readback": (self.env._("Read-back"), None),
            "dispatch": (self.env._("Dispatch"), "water.dispatch"),
            "evidence": (self.env._("Investigation and evidence"), "water.evidence"),
            "plan": (self.env._("Plan"), None),
            "measures": (self.env._("Promised measures"), "water.resolution.action"),
            "negotiation": (self.env._("Negotiation"), "water.negotiation"),
            "notice": (self.env._("Notice of the result"), "water.notice"),
            "confirmation": (self.env._("Confirmation by the customer"), None),
            "callback": (self.env._("Call-back"), "water.callback"),
            "chain": (self.env._("Event chain"), "water.case.event"),
        }

    def _need_complete(self):
        """Return checklist items that ``_who_waits`` does not name already."""
        return [
            Missing(
                self.env._("%(item)s: %(note)s", item=row["label"], note=row["note"]),
                "action_open_checklist" if row["link"] else "archive_checklist",
                row["key"],
            )
            for row in self._checklist()
            if row["state"] == MISSING and row["key"] not in ("measures", "compensation")
        ] + self._open_promises()

    def _need_complete_with_incident(self):
        """What is missing on the checklist of a complaint that ends with its incident.

        Registration, news and end of the incident stand for the steps of its own handling
        (``_by_incident``); what nothing stands for is asked: calls and open rows.
        """
        rows = [(self._checklist_items()["callback"][0], *self._item_callback())]
        rows += [(row["label"], row["state"], row["note"]) for row in self._open_rows()]
        missing = [
            self.env._("%(item)s: %(note)s", item=label, note=note)
            for label, state, note in rows
            if state == MISSING
        ]
        if not self.first_contact_at and not self.incident_id.notice_ids:
            missing.append(self.env._("tell the customer the news of the incident first"))
        return missing

    @api.model
    def _has_rows(self, model):
        return model in self.env and "complaint_id" in self.env[model]._fields

    def _rows_of(self, model):
        """The rows of a model that may come with another part of the system."""
        if not self._has_rows(model):
            return self.env["water.notice"]
        return self.env[model].search([("complaint_id", "=", self.id)])

    def _open_rows(self):
        """What rows of the case say is still to be settled: an item each."""
        items = []
        # asked first, for it is asked of each case that an incident closes
        if not any(hasattr(model, "_archive_missing") for model in self.env.registry.values()):
            return items
        for model in self.env["water.dossier"]._models():
            if not hasattr(model, "_archive_missing"):
                continue
            title = self.env["ir.model"]._get(model._name).name
            for note in self._rows_of(model._name)._archive_missing():
                row = {"key": model._name, "label": title, "state": MISSING, "note": note}
                items.append({**row, "link": True})
        return items

    # -- the items ------------------------------------------------------------------------------

    def _by_incident(self):
        """Why steps of handling do not apply to a case that ends with its incident."""
        incident = self.incident_id
        if not incident or self.own_claim or self.confirmed_at:
            return ""
        return self.env._("handled together by the incident %s", incident.name)

    def _item_registration(self):
        missing = self._missing_facts()
        if not missing:
            return DONE, self.env._("registered as %s", self.name)
        if self._by_incident():
            return ABSENT, self.env._("registered in brief; %s", self._by_incident())
        if self.external_ref:
            return ABSENT, self.env._("as the order %s was received", self.external_ref)
        return MISSING, self.env._("fill in: %(facts)s", facts=missing)

    def _item_readback(self):
        if self.readback_at:
            return DONE, self.env._("confirmed by the customer on %s", self._day(self.readback_at))
        if self._by_incident():
            return ABSENT, self._by_incident()
        if not self.channel_id.needs_readback:
            return ABSENT, self.env._("not asked for on this channel: %s", self.channel_id.name)
        if not self._need_readback():
            return ABSENT, self.env._("anonymous, nobody to read it back to")
        return MISSING, self.env._("read the matter back to the customer and have it confirmed")

    def _item_dispatch(self):
        lead = self.dispatch_ids.filtered(lambda row: row.role == "lead")
        done = lead.filtered(lambda row: row.state == "finished")
        if done:
            return DONE, format_list(self.env, done.department_id.mapped("name"))
        if self._by_incident():
            return ABSENT, self._by_incident()
        if lead.filtered(lambda row: row.state in ("sent", "accepted")):
            return MISSING, self.env._("the department has not finished its work")
        return ABSENT, self.env._("handled by the first responsible person")

    def _item_evidence(self):
        evidence = self._rows_of("water.evidence")
        if self._has_rows("water.evidence") and evidence:
            return DONE, self.env._("%s pieces of evidence", len(evidence))
        if said(self.investigation) and self.finding:
            return DONE, self.env._("what the investigation showed is written down")
        if self._by_incident():
            return ABSENT, self._by_incident()
        return MISSING, self.env._("write down what the investigation showed")

    def _item_plan(self):
        versions = self._has_rows("water.resolution") and self._rows_of("water.resolution")
        if versions or said(self.plan):
            return DONE, self.env._("a plan was made")
        if self._by_incident():
            return ABSENT, self._by_incident()
        if self.severity != "complex":
            return ABSENT, self.env._("no complex case: settled at once, see the result")
        return MISSING, self.env._("a complex case needs a plan")

    def _item_measures(self):
        """What was promised beyond the result, by the plan or in words, and is still to come."""
        actions = self.plan_action_ids
        waiting = [row._line().removeprefix("· ") for row in actions if row._is_waiting()]
        open_ = [*waiting, *self._open_promises()]
        if open_:
            return MISSING, self.env._("still to come: %s", "; ".join(open_))
        if actions:
            return DONE, self.env._("%s done", len(actions))
        return ABSENT, self.env._("none was promised beyond the result")

    def _open_promises(self):
        """Visits and calls that the customer was promised and that have not taken place, and
        whatever he was promised after the result, which that no longer keeps.

        What the plan promises is asked by ``_who_waits``.
        """
        clocks = (
            self.sudo()
            ._open_clocks()
            .filtered(
                lambda row: (
                    row.promise_kind in ("visit", "contact")
                    or (row.kind == "promise" and row.started_at >= (self.closed_at or LATEST))
                )
            )
        )
        return [
            Missing(
                self.env._("promised and still to come: %s", clock.label or clock.display_name),
                "action_open_deadlines",
            )
            for clock in clocks
        ] + self._wished_calls(clocks)

    def _wished_calls(self, told):
        """Calls that this customer, or one whose complaint was merged, still waits for.

        :param told: clocks that are named already
        """
        cases = self.sudo() | self._merged_cases()
        calls = cases._open_calls("requested").filtered(lambda row: row.deadline_id not in told)
        return [
            Missing(
                self.env._("promised and still to come: %s", call.display_name),
                "action_open_callbacks",
            )
            for call in calls
        ]

    def _item_negotiation(self):
        rounds = self._rows_of("water.negotiation")
        if self._has_rows("water.negotiation") and rounds:
            return DONE, self.env._("%s rounds", len(rounds))
        if self._by_incident():
            return ABSENT, self._by_incident()
        if self.reopen_count:
            return ABSENT, self.env._("objected, handled again and notified anew")
        return ABSENT, self.env._("the customer did not object to the result")

    def _item_notice(self):
        if not self._need_notice():
            latest = self.notice_ids.filtered("sent_at")[:1]
            return DONE, f"{latest.name} · {self._day(latest.sent_at)}"
        if self._by_incident():
            return ABSENT, self.env._("told by the news of the incident %s", self.incident_id.name)
        return MISSING, self.env._("notify the customer of the result")

    def _item_confirmation(self):
        if self.confirm_mode:
            modes = dict(self._fields["confirm_mode"]._description_selection(self.env))
            return DONE, modes[self.confirm_mode]
        if self._by_incident():
            return ABSENT, self._by_incident()
        return MISSING, self.env._("record how the customer confirmed the result")

    def _item_callback(self):
        calls = self.callback_ids.filtered(lambda row: row.kind == "follow_up")
        done = calls.filtered("done_at")[:1]
        if done:
            outcomes = dict(done._fields["outcome"]._description_selection(self.env))
            return DONE, outcomes.get(done.outcome) or self._day(done.done_at)
        if calls.filtered(lambda row: row.state == "open"):
            return MISSING, self.env._("make the call-back first")
        if self._by_incident():
            return ABSENT, self._by_incident()
        if self.is_anonymous:
            return ABSENT, self.env._("anonymous, nobody to call")
        return ABSENT, self.env._("not drawn for a call")

    def _item_chain(self):
        faults = self._event_faults()
        if faults:
            return MISSING, " ".join(faults)
        return DONE, self.env._("%s events, whole", self.event_count)

    @api.model
    def _day(self, moment):
        return self.env["water.dossier"]._moment(moment)[:10]

    # -- links ----------------------------------------------------------------------------------

    def action_open_checklist(self, key=None):
        """Open what an item of the checklist is about.

        :param key: key of the item
        :raises UserError: for an item that opens nothing
        """
        self.ensure_one()
        self.check_access("read")
        rows = {row["key"]: row for row in self._checklist() if row["link"]}
        if key not in rows:
            raise UserError(self.env._("There is nothing to open."))
        model = self._checklist_items().get(key, ("", key))[1]
        action = self._open_children(model, rows[key]["label"], "complaint_id")
        # the page asks for the action itself, not by a button, which would add its views
        return {**action, "views": [(False, "list"), (False, "form")]}
