"""Act on complaints, incidents and appeals as staff do, and on any case: see the desk's acts."""

from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.tests.acts import *  # noqa: F403 - one name for all acts
from odoo.addons.water_service_desk.base.tests.acts import dialog, fill


def readback(cases, correction=None):
    fill(cases, "action_readback", "action_confirm", correction=correction)


def convert(inquiry, values, reason):
    """Make an inquiry a complaint; return the complaint."""
    window = fill(inquiry, "action_convert", "action_convert", **values, reason=reason)
    return inquiry.env["water.complaint"].browse(window["res_id"])


def confirm(cases, mode, result=None, process=None, remark=None):
    """Record that the customer accepts the result, after all other requests."""
    values = {"mode": mode, "result": result, "process": process, "remark": remark}
    fill(cases, "action_confirm", "action_save", **values, anything_else=True)


def contest(cases, remark):
    fill(cases, "action_contest", "action_save", remark=remark)


def settle(review, outcome, note):
    fill(review, "action_settle", "action_save", outcome=outcome, note=note)


def strike(evidence, reason):
    fill(evidence, "action_strike", "action_strike", reason=reason)


def replace_responsible(case, user, reason, about=False):
    """Have ``user`` answer for a complaint; ``about``: it is about the present person."""
    values = {"user_id": user, "reason": reason, "is_about_him": about}
    fill(case, "action_replace_responsible", "action_replace", **values)


def report(cases, user, note):
    fill(cases, "action_report", "action_save", user_id=user, note=note)


def escalate(case, level, reason, user):
    fill(case, "action_escalate", "action_save", level=level, reason=reason, user_id=user)


def hold(cases, held, reason):
    """Put complaints under legal hold, or lift it where ``held`` is False."""
    fill(cases, "action_hold", "action_save", is_lifted=not held, reason=reason)


# -- incidents -----------------------------------------------------------------------------------


def draft(incident, action="action_news"):
    """Return the text that a dialog of an incident proposes."""
    return dialog(incident, action).text


def announce(incident, text, expected=None):
    """Send news to all customers and return it."""
    fill(incident, "action_news", "action_send", text=text, expected_at=expected)
    return incident.notice_ids.sorted("id")[-1:]


def restore(incident, at, text):
    """End the incident, and with it the cases that the dialog has ticked."""
    fill(incident, "action_restore", "action_send", restored_at=at, text=text)


def dismiss(incident, reason):
    """Dismiss the incident, or call planned work off."""
    fill(incident, "action_dismiss", "action_send", text=reason)


def waive_lead(incident, reason):
    fill(incident, "action_waive_lead", "action_send", text=reason)


# -- appeals -------------------------------------------------------------------------------------


def appeal(complaint, **values):
    """File an appeal for the customer; return it."""
    window = fill(complaint, "action_appeal", "action_save", **values)
    return complaint.env["water.appeal"].browse(window["res_id"])


def appeal_until(complaint):
    """Return the last day to appeal by the dialog; False where there is none any more."""
    try:
        wizard = dialog(complaint, "action_appeal")
    except UserError:
        return False
    return not (wizard.is_late or wizard.is_again) and wizard.until


def admit(appeals, reason):
    fill(appeals, "action_admit", "action_save", reason=reason)


def vote(appeals, decision, reason):
    fill(appeals, "action_vote", "action_save", decision=decision, reason=reason)


def state(appeals, text):
    """Send our statement to the body that the customer has gone to."""
    fill(appeals, "action_state", "action_save", reason=text)
