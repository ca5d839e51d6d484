"""Act on cases as staff do: open a dialog by its button, fill it in, press the dialog's button.

Each function takes records in the environment of the user who acts. The models are named and not
imported, for their rooms are above this one.
"""

import re

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import BaseModel

#: Field of the dialog of duplicates that names the other case, by case type.
SAME_AS = {
    "water.inquiry": "original_inquiry_id",
    "water.request": "original_request_id",
    "water.complaint": "original_id",
}


def dialog(records, action, **values):
    """Open the dialog of a button and fill it in.

    :param action: public method behind the button
    :param values: {field: value}; a record stands for its id, and several for a list of them
    """
    window = getattr(records, action)()
    wizards = records.env[window["res_model"]].with_context(**window["context"])
    values = {name: _written(wizards, name, value) for name, value in values.items()}
    if not window.get("res_id"):
        return wizards.create(values)
    wizard = wizards.browse(window["res_id"])
    wizard.write(values)
    return wizard


def _written(wizards, name, value):
    if not isinstance(value, BaseModel):
        return value or False
    is_one = wizards._fields[name].type == "many2one"
    return value.id if is_one else [Command.set(value.ids)]


def fill(records, action, button, **values):
    """Open a dialog, fill it in and press ``button``; return the answer of that button."""
    return getattr(dialog(records, action, **values), button)()


def case_of(row):
    """Return the case that the button of a clock, visit, call or message opens."""
    window = row.action_open_case()
    return row.env[window["res_model"]].browse(window["res_id"])


def _opened(records, window):
    """Return the case that an answer of a dialog leads to, otherwise ``records``."""
    return records.browse(window["res_id"]) if window.get("res_id") else records


# -- people and departments ----------------------------------------------------------------------


def dispatch(cases, department, supports=None, note=False, due=None):
    """Send the cases to ``department``, and to none but ``supports`` beside it."""
    supports = supports or department.browse()
    values = {"department_id": department, "support_department_ids": supports}
    fill(cases, "action_dispatch", "action_dispatch", **values, note=note, due_at=due)


def reject(dispatches, reason, kind=None, owner=None):
    """Return dispatches; without ``kind`` the one that the dialog proposes."""
    values = {"reason": reason, "owner_id": owner} | ({"reason_id": kind} if kind else {})
    fill(dispatches, "action_reject", "action_reject", **values)


def hand_over(cases, user, reason):
    fill(cases, "action_hand_over", "action_hand_over", user_id=user, reason=reason)


def barred(case, users):
    """Return those of ``users`` who had the case before, or whom it is about.

    A supervisor's attempt to give it to them is refused; no case changes hands.
    """
    found = users.browse()
    for user in users:
        savepoint = case.env.cr.savepoint(flush=True)
        try:
            hand_over(case, user, "重办")
        except UserError as refusal:
            if re.search("had it before|is about them", str(refusal)):
                found |= user
        savepoint.close(rollback=True)
    return found


def appoint_deputy(cases, user, until, reason):
    values = {"user_id": user, "until": until, "reason": reason}
    fill(cases, "action_appoint_deputy", "action_appoint", **values)


# -- clocks --------------------------------------------------------------------------------------


def pause(clocks, reason, until):
    """Ask for a pause of each clock; return the pauses."""
    return _ask(clocks, kind="pause", reason=reason, until=until)


def extend(clocks, reason, amount, unit="working_day"):
    """Ask for an extension of each clock; return the records to approve."""
    return _ask(clocks, kind="extension", reason=reason, amount=amount, unit=unit)


def _ask(clocks, **values):
    for clock in clocks:
        fill(case_of(clock), "action_pause", "action_ask", deadline_id=clock, **values)
    return clocks.pause_ids.sorted("id")[-len(clocks) :]


def refuse(record, reason):
    """Refuse a request, a compensation or the excuse of a clock."""
    action = "action_refuse_excuse" if record._name == "water.deadline" else "action_refuse"
    wizard = dialog(record, action, reason=reason)
    (getattr(wizard, "action_refuse", None) or wizard.action_save)()


def withdraw(record, reason):
    """Take an appeal or a compensation back."""
    fill(record, "action_withdraw", "action_save", reason=reason)


def promise(cases, text, due, kind="result"):
    """Keep a promise; return its clocks."""
    fill(cases, "action_promise", "action_keep", text=text, due_at=due, kind=kind)
    clocks = cases.deadline_ids.filtered(lambda clock: clock.kind == "promise")
    return clocks.sorted("id")[-len(cases) :]


def replan(cases, reason):
    fill(cases, "action_replan", "action_replan", reason=reason)


def explain_breach(clock, reason, note, files):
    values = {"reason": reason, "note": note, "attachment_ids": files}
    fill(clock, "action_explain_breach", "action_save", **values)


# -- customers -----------------------------------------------------------------------------------


def contact(cases, note):
    fill(cases, "action_log_contact", "action_log", note=note)


def call_back(case, wished_at, note=False):
    """Queue the call that the customer wants; return it."""
    fill(case, "action_request_callback", "action_request", wished_at=wished_at, note=note)
    return case.callback_ids.sorted("id")[-1:]


def plan_visit(case, department, slot_from, slot_to, user=None, purpose=False):
    """Agree on a visit; return it."""
    values = {"department_id": department, "slot_from": slot_from, "slot_to": slot_to}
    values |= {"user_id": user, "purpose": purpose}
    fill(case, "action_plan_visit", "action_plan", **values)
    return case.visit_ids.sorted("id")[-1:]


def move_visit(visit, slot_from, slot_to, reason, by):
    values = {"slot_from": slot_from, "slot_to": slot_to, "reason": reason, "by": by}
    fill(visit, "action_move", "action_change", **values)


def cancel_visit(visit, reason, by):
    fill(visit, "action_cancel", "action_change", reason=reason, by=by)


def erase(records, reason):
    """Erase personal data by the dialog of the menu *Actions*."""
    _erasure(records, reason).action_erase()


def hindrances(records):
    """Return the dialog's text about records that stay; False if none."""
    return _erasure(records, "?").hindrances


def _erasure(records, reason):
    called = {"active_model": records._name, "active_ids": records.ids}
    wizards = records.env["water.erasure.wizard"].with_context(**called)
    return wizards.create({"reason": reason})


# -- the matter ----------------------------------------------------------------------------------


def retriage(case, values, reason):
    fill(case, "action_triage", "action_save", **values, reason=reason)


def link(case, original, reason=None):
    """Link the case with ``original``, which is about the same matter."""
    _relate(case, original, reason, "link")


def merge(case, original, reason=None):
    """Merge the case into ``original``."""
    _relate(case, original, reason, "merge")


def _relate(case, original, reason, how):
    values = {"how": how, SAME_AS[case._name]: original, "reason": reason}
    fill(case, "action_relate", "action_save", **values)


def undo(case, reason):
    """Take a merged or linked case apart again."""
    fill(case, "action_relate", "action_save", how="undo", reason=reason)


def split(case, values, shares, reason):
    """Split the case in two; return the new one.

    :param values: what the dialog asks about the new case, with a contact where it is another's
    :param shares: ``{"words": [(sentence, where)], "messages": [(text, where)], "files": {id:
        where}}``; other words go to both cases, other messages and files stay
    """
    is_others = not {"contact_name", "phone", "address"}.isdisjoint(values)
    wizard = dialog(case, "action_split", **values, is_others=is_others, reason=reason)
    places = {
        "words": dict(shares["words"]),
        "message": dict(shares["messages"]),
        "file": shares["files"],
    }
    for line in wizard.line_ids:
        part = line.ref if line.kind == "file" else line.text
        line.place = places[line.kind].get(part, "both" if line.kind == "words" else "here")
    return case.browse(wizard.action_split()["res_id"])


def close(case, **answers):
    """Close by the script; ``answers``: ``satisfaction`` and its reason, of a request."""
    action = "action_goodbye" if case._name == "water.inquiry" else "action_close"
    fill(case, action, "action_close", anything_else=True, **answers)


def tell_result(case, channel, outcome, told_to=False, note=False, **answers):
    """Keep a try to tell the result of a request; ``answers`` as in :func:`close`."""
    values = {"channel": channel, "outcome": outcome, "told_to": told_to, "note": note}
    fill(case, "action_feedback", "action_tell", **values, **answers)


def ask_material(case, name, reason):
    """Ask for another material; return the message where it is too late for that."""
    answer = fill(case, "action_ask_material", "action_ask", name=name, reason=reason)
    return answer.get("params", {}).get("message")


def ask_decision(case, kind, reason, alternative, note=False, amount=0, unit="working_day"):
    """Ask a supervisor for a delay or a refusal; return the records to decide."""
    values = {"reason_id": reason, "alternative": alternative, "note": note}
    values |= {"amount": amount, "unit": unit}
    fill(case, "action_delay" if kind == "delay" else "action_refuse", "action_ask", **values)
    return case.decision_ids.sorted("id")[-1:]


# -- orders of other bodies ----------------------------------------------------------------------


def answer_order(cases, text):
    fill(cases, "action_answer_order", "action_save", text=text)


def return_order(cases, reason, basis=None, right_body=None):
    values = {"text": reason, "basis": basis, "right_body": right_body}
    fill(cases, "action_return_order", "action_save", **values)


def rehandle_order(cases, reason, due=None):
    """Register a second handling; return the case that carries the order on."""
    values = {"text": reason, "due_at": due}
    return _opened(cases, fill(cases, "action_rehandle_order", "action_save", **values))


def extend_order(cases, due, day, paper):
    values = {"due_at": due, "day": day, "paper": paper}
    fill(cases, "action_extend_order", "action_save", **values)


def judge_order(cases, responded, solved, satisfied, note, day):
    found = {"responded": responded, "solved": solved, "satisfied": satisfied}
    fill(cases, "action_judge_order", "action_save", **found, text=note, day=day)
