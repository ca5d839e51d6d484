from odoo import api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...base.primary import need_primary
from ...intake.filing import FilingError, clean_text, parse_id
from ...portal.actions import PortalAction
from .water_request import ANSWERS

_lt = LazyTranslate(__name__)

REPAIR, BUSINESS = "repair", "business"
#: States in which materials are still taken in.
TAKES = ("registered", "notified")


class WaterRequest(models.Model):
    """A request on the customer's pages: notice, materials, appointments, result, rating."""

    _inherit = "water.request"

    _portal_url = "/my/requests"
    _category_flag = "for_request"
    _customer_actions = {
        "acknowledge": PortalAction(
            "_portal_acknowledge",
            done=_lt("Thank you. We know that you have the notice."),
            by_delegate=_lt("has confirmed to have received a notice"),
            asks=_lt("Read our notice and confirm it"),
            place="water_notice",
        ),
        "material": PortalAction(
            "_portal_material",
            done=_lt("Thank you. We will check your documents and tell you the result."),
            by_delegate=_lt("uploaded documents"),
            asks=_lt("Upload what is missing"),
            place="water_materials",
            api="material",
        ),
        "rate": PortalAction(
            "_portal_rate",
            done=_lt("Thank you for your answer."),
            by_delegate=_lt("has rated our work"),
            asks=_lt("Read the result and rate us"),
            place="water_answer",
            api="confirm",
        ),
    }

    @property
    def _portal_path(self):
        """Return the steps of the page: an application has more than a repair."""
        business = ("registered", "notified", "accepted", "processing", "feedback", "closed")
        repair = ("registered", "processing", "feedback", "closed")
        return business if self.request_type == BUSINESS else repair

    # -- filing -----------------------------------------------------------------------------------

    @api.model
    def _filing_kind(self):
        """Return the type chosen by the customer; it only narrows the categories."""
        kind = self.env.context.get("water_request_type")
        return kind if kind in (REPAIR, BUSINESS) else False

    @api.model
    def _filing_categories(self):
        categories = super()._filing_categories()
        kind = self._filing_kind()
        if not kind:
            return categories
        # sudo: water.guide - which businesses can be applied for is public
        guides = (
            self.env["water.guide"]
            .sudo()
            .search(
                Domain("state", "=", "in_force")
                & Domain("company_id", "in", [False, self.env.company.id])
            )
        )
        described = guides.category_id
        if kind == BUSINESS:
            return categories & described
        rest = categories - described
        # a family without remaining categories is left out
        return rest.filtered(
            lambda row: row.parent_id or row in rest.parent_id or not row.child_ids
        )

    # -- words ------------------------------------------------------------------------------------

    def _portal_words(self):
        kind = self._filing_kind()
        words = {
            "kind": "request",
            "one": self.env._("Request"),
            "many": self.env._("My requests and repairs"),
            "new": self.env._("Report a fault or apply"),
            "intro": self.env._("You get a number at once and can follow each step."),
            "about": self.env._("What is it about?"),
            "what": self.env._("What do you need?"),
            "place": self.env._("Where is it?"),
            "submit": self.env._("Send"),
            "filed": self.env._("We have received your request."),
            "none": self.env._("You have not sent any requests yet."),
            "next": [
                self._portal_first_step(),
                self.env._("You see each step and each appointment on this page."),
                self.env._("We send you the result, and you tell us whether you are satisfied."),
            ],
        }
        own = {REPAIR: self._portal_repair_words, BUSINESS: self._portal_business_words}
        return words | (own[kind]() if kind else {})

    def _portal_first_step(self):
        kind = self[:1].request_type or self._filing_kind()
        if kind == BUSINESS:
            return self.env._("We explain everything that is needed at the start.")
        if self[:1].severity == "emergency":
            return self.env._("We send staff to the place at once.")
        return self.env._("We send staff to the place, or agree on a time with you.")

    def _portal_repair_words(self):
        return {
            "new": self.env._("Report a fault"),
            "intro": self.env._("Leaks, no water, a broken meter: tell us where and what."),
            "what": self.env._("What is the problem?"),
            "submit": self.env._("Send the report"),
        }

    def _portal_business_words(self):
        return {
            "new": self.env._("Apply for something"),
            "intro": self.env._(
                "Connection, transfer, meter test and more: we explain everything that is needed "
                "at the start."
            ),
            "what": self.env._("What do you apply for?"),
            "submit": self.env._("Send the application"),
        }

    def _portal_titles(self):
        return {
            "registered": self.env._("Request received"),
            "notified": self.env._("Requirements explained"),
            "accepted": self.env._("Accepted"),
            "processing": self.env._("In progress"),
            "feedback": self.env._("Done"),
            "closed": self.env._("Finished"),
            "rejected": self.env._("Not granted"),
            "withdrawn": self.env._("Withdrawn"),
            "merged": self.env._("Handled together with another report"),
        }

    def _portal_coming_titles(self):
        return {
            "notified": self.env._("We explain what is needed"),
            "accepted": self.env._("Your application is accepted"),
            "processing": self.env._("We work on it"),
            "feedback": self.env._("Result of your case"),
            "closed": self.env._("Case closed"),
        }

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "notice_acknowledged": self.env._("You have confirmed the notice"),
            "material_returned": self.env._("We have told you what to correct"),
            "material_supplied": self.env._("You uploaded a document"),
        }

    # -- what the customer does -------------------------------------------------------------------

    def _portal_can(self, action):
        if action == "material":
            return bool(self._portal_open_materials())
        if action == "acknowledge":
            return bool(self._portal_open_notice())
        if action == "rate":
            return self.state == "feedback" and self.satisfaction not in ANSWERS
        return super()._portal_can(action)

    @api.model
    def _portal_waiting_domain(self):
        unread = Domain("kind", "=", "instruction") & Domain("acknowledged_at", "=", False)
        unrated = Domain("state", "=", "feedback") & Domain("satisfaction", "not in", ANSWERS)
        owed = Domain("state", "=", "incorrect")
        owed |= Domain("mandatory", "=", True) & Domain("state", "=", "missing")
        takes = Domain("notice_issued_at", "!=", False) & Domain("state", "in", TAKES)
        return (
            Domain("notice_ids", "any", unread)
            | Domain("visit_ids.state", "=", "planned")
            | unrated
            | (takes & Domain("material_ids", "any", owed))
        )

    def _portal_open_notice(self):
        return self.sudo().notice_ids.filtered(
            lambda row: row.kind == "instruction" and not row.acknowledged_at
        )

    def _portal_acknowledge(self, values, files=()):
        notice = self._portal_open_notice().with_env(self.env)
        notice._acknowledge("portal", self._portal_person())

    def _portal_rate(self, values, files=()):
        """Record the customer's satisfaction."""
        answer = clean_text(values.get("satisfaction"))
        reason = clean_text(values.get("remark"))
        if answer not in ANSWERS:
            raise FilingError({"satisfaction": self.env._("Choose one of the answers.")})
        if answer == "dissatisfied":
            message = self.env._("Please tell us what went wrong.")
            reason = self._need_text(values, "remark", message)
        elif reason:
            reason = self._need_text(values, "remark", "")
        self._keep_satisfaction(answer, reason)
        if reason:
            self._post_from_customer(reason)

    def _portal_opened(self):
        super()._portal_opened()
        if self.state == "feedback" and not self.fed_back_at:
            need_primary(self.env)
            self._tell_result("portal", "told", self._portal_person())

    # -- shown to the customer --------------------------------------------------------------------

    def _portal_facts(self):
        guide = self.sudo().guide_id
        return [*super()._portal_facts(), (self.env._("Application"), guide.name or "")]

    def _portal_notices(self):
        """The notices that were handed out, newest first, as plain values."""
        return [
            {
                "title": notice._letter_title(),
                "number": notice.name,
                "at": self._portal_time(notice.issued_at),
                "kind": notice.kind,
                "content": notice.content or {},
                "acknowledged": self._portal_time(notice.acknowledged_at),
                "url": f"{self._portal_address()}/letter/{notice.id}",
            }
            for notice in self.sudo().notice_ids
        ]

    def _portal_guide_steps(self):
        """Return the guide's steps: finished ones with their time, the present one with its
        limit.

        Open steps of an ended application are left out.
        """
        steps = []
        promised = self.sudo().step_ids
        for step in promised.filtered("done_at") if self.state in self._final_states else promised:
            at_hand = step._is_running()
            told = self.env._("by %s", self._portal_time(step.due_at)) if step.due_at else ""
            steps.append(
                {
                    "name": step.name,
                    "look": "done" if step.done_at else "now" if at_hand else "next",
                    "at": self._portal_time(step.done_at) or (told if at_hand else ""),
                }
            )
        return steps

    def _portal_letter(self, notice_id):
        """Return the PDF of one of the notices, or an empty recordset.

        :param notice_id: from the URL, any value
        """
        number = parse_id(notice_id)
        notice = self.sudo().notice_ids.filtered(lambda row: row.id == number)
        return notice._kept_letter() if notice else self.env["ir.attachment"]

    def _portal_page(self):
        told = self.state in ("feedback", "closed")
        labels = dict(self._fields["satisfaction"]._description_selection(self.env))
        return super()._portal_page() | {
            "answer": self.result if told else "",
            "handed_out": self._portal_notices(),
            "guide_steps": self._portal_guide_steps(),
            "satisfaction": labels.get(self.satisfaction) if self.satisfaction in ANSWERS else "",
            "answers": [(key, labels[key]) for key in ANSWERS],
            "materials": self._portal_materials(),
            "progress": self._portal_materials_given(),
        }

    # -- handin --------------------------------------------------------------------------------
    # Materials that the customer sends on the page of an application (S2.3.2b).
    #
    # The page shows what is required, present or refused and why; each material is sent separately.
    # Files are stored with the application and checked by the clerk, who alone accepts them.

    def _portal_open_materials(self):
        # sudo: water.request.material - of the customer's own case
        case = self.sudo()
        takes = case.notice_issued_at and case.state in TAKES
        return case.material_ids.filtered(lambda row: takes and row.state != "correct")

    def _portal_owed_materials(self):
        return self._portal_open_materials().filtered(
            lambda row: row.state == "incorrect" or (row.mandatory and row.state == "missing")
        )

    def _portal_waits_for(self):
        actions = super()._portal_waits_for()
        return actions if self._portal_owed_materials() else actions - {"material"}

    def _portal_material(self, values, files=()):
        """The customer hands in one material of the checklist."""
        number = parse_id(values.get("material_id"))
        row = self._portal_open_materials().filtered(lambda row: row.id == number)
        if not row:
            message = self.env._("This document has already been checked, or is not required.")
            raise FilingError({"form": message})
        if not files:
            raise FilingError({"files": self.env._("Choose a photo or a file of the material.")})
        faults = self._file_faults(files)
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        attachments = self._store_files(files)
        self._publish(attachments)
        row._hand_in(attachments)
        self._post_from_customer(self.env._("Handed in: %s", row.name), attachments)

    def _portal_shown_files(self):
        return super()._portal_shown_files() - self.sudo().material_ids.file_ids

    # -- shown to the customer --------------------------------------------------------------------

    def _portal_materials(self):
        """Return the checklist: what is present, missing, or refused and why."""
        if not self.notice_issued_at:
            return []
        rows, shown = self.sudo().material_ids, self.sudo().published_attachment_ids
        states = {
            "missing": self.env._("Still missing"),
            "optional": self.env._("Not handed in"),
            "supplied": self.env._("Received, being checked"),
            "correct": self.env._("Received and correct"),
            "incorrect": self.env._("Not correct: please upload it again"),
        }
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        still_open = self._portal_open_materials()
        optional = rows.filtered(lambda row: row.state == "missing" and not row.mandatory)
        return [
            {
                "id": row.id,
                "name": row.name,
                "kind": kinds[row.kind],
                "copies": row.copies,
                "note": row.note or "",
                "state": row.state,
                "label": states["optional" if row in optional else row.state],
                "reason": (row.reason or "") if row.state == "incorrect" else "",
                "mandatory": row.mandatory,
                "files": [self._portal_file_card(file) for file in row.file_ids & shown],
                "can": row in still_open,
            }
            for row in rows
        ]

    def _portal_materials_given(self):
        """How many are there of those that are needed; refused ones are not there."""
        wanted = self.sudo().material_ids.filtered("mandatory")
        given = wanted.filtered(lambda row: row.state in ("supplied", "correct"))
        return {
            "given": len(given),
            "wanted": len(wanted),
            "text": self.env._(
                "%(given)s of %(wanted)s required documents have been uploaded.",
                given=len(given),
                wanted=len(wanted),
            ),
        }
