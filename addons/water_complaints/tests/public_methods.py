"""Every method that a remote caller reaches, and what guards it: an allow-list."""

OPENS = "opens a window; the rules of what is shown there apply"
WRITE = "needs the right to write the record"
TABLE = "goes through the transition table"
TURN = "needs membership of the dispatch's department, in due state"
DECIDES = "needs a supervisor who sees the time limit"
VISITS = "needs the desk or membership of the visit's department, in due state"
CASE = "is checked by each case of the dialog"
RUNS = "needs the desk, and an incident in the right state"
INSPECTS = "needs quality or a supervisor, never about himself"
INSPECTED = "needs the inspected person, or the head of the inspected department"
OWNER = "needs the owner, the head of the department, quality or a supervisor"
CHECKS = "needs quality or a supervisor who had no part in the work"
INTEGRATES = "needs an integration; only cases of its channels"
DECIDES_MONEY = "needs whoever the band names, never the proposer or a handler, and a lock"
WORKS = "needs the department at work, who answers for the complaint, or a supervisor"
DESK = "needs the desk, and the right to read the record"
READS = "reads as the user, bounded; his record rules apply"

#: Every method that a remote caller reaches, with what guards it.
PUBLIC = {
    "water.case.mixin": {
        "action_answer_order": OPENS,
        "action_appoint_deputy": OPENS,
        "action_compensate": OPENS,
        "action_dispatch": OPENS,
        "action_end_deputy": "needs a supervisor or the first responsible person",
        "action_hand_over": OPENS,
        "action_identify": "needs an agent who may write the case",
        "action_leave_incident": "needs the desk, and the right to write the case",
        "action_log_contact": OPENS,
        "action_open_articles": OPENS,
        "action_open_callbacks": OPENS,
        "action_open_compensations": OPENS,
        "action_open_deadlines": OPENS,
        "action_open_dispatches": OPENS,
        "action_open_events": OPENS,
        "action_open_messages": OPENS,
        "action_open_visits": OPENS,
        "action_pause": OPENS,
        "action_plan_visit": OPENS,
        "action_promise": OPENS,
        "action_rehandle_order": OPENS,
        "action_replan": OPENS,
        "action_request_callback": OPENS,
        "action_return_order": OPENS,
        "action_take": WRITE,
        "action_triage": OPENS,
        "action_verify_events": "needs the right to read the case",
        "import_orders": "needs an agent or an integration that may create cases",
    },
    "water.reveal.mixin": {
        "reveal": "needs the desk or the department at work, a reason, and is counted",
        "reveal_reasons": "needs the right to read the record",
    },
    "water.reveal.link.mixin": {
        "reveal": "is checked by the case of the row",
        "reveal_reasons": "is checked by the case of the row",
    },
    "water.erasure.wizard": {
        "action_erase": "needs a privacy officer who sees the records",
    },
    "water.external.wizard": {
        "action_save": CASE,
    },
    "water.order.import.wizard": {
        "action_again": "needs the right to write one's own dialog",
        "action_import": "needs an agent; each row is created with his rights",
        "action_template": "needs the right to read one's own dialog",
    },
    "water.forbidden.phrase": {
        "action_open_hits": OPENS,
        "check_text": "needs the right to read forbidden phrases",
    },
    "water.drill": {
        "action_improve": "needs the right to read the drill",
    },
    "water.staff.document": {
        "action_new_version": "needs quality or a supervisor",
        "action_put_in_force": "needs quality or a supervisor",
        "action_sign": "needs the right to read a standard in force; signs for oneself",
    },
    "water.message": {
        "action_retry": "needs a supervisor who sees the message",
        "report_delivery": "needs an integration",
    },
    "water.article": {
        "action_helped": "needs the right to read the article",
        "action_open_feedback": OPENS,
        "action_open_uses": OPENS,
        "action_open_versions": OPENS,
        "action_publish": WRITE,
        "action_read": "needs the right to read the article, and the case if one is named",
        "action_reviewed": WRITE,
        "action_withdraw": WRITE,
        "action_wrong": OPENS,
        "suggest": READS,
    },
    "water.article.feedback": {
        "action_settle": "needs the right to write the article",
    },
    "water.case.link.mixin": {
        "action_open_case": "needs the right to read the row",
    },
    "water.inquiry": {
        "action_answer": TABLE,
        "action_answer_and_close": TABLE,
        "action_close": TABLE,
        "action_convert": OPENS,
        "action_goodbye": OPENS,
        "action_process": TABLE,
        "action_reopen": TABLE,
        "action_withdraw": TABLE,
    },
    "water.request": {
        "action_accept": TABLE,
        "action_acknowledge": OPENS,
        "action_ask_material": OPENS,
        "action_close": OPENS,
        "action_delay": OPENS,
        "action_feedback": OPENS,
        "action_finish": TABLE,
        "action_issue_notice": "needs an agent who may write the request",
        "action_open_decisions": OPENS,
        "action_open_notices": OPENS,
        "action_process": TABLE,
        "action_refuse": OPENS,
        "action_reopen": TABLE,
        "action_return_materials": WRITE,
        "action_withdraw": TABLE,
    },
    "water.guide": {
        "action_new_version": "needs the right to write guides",
        "action_put_in_force": "needs the right to write guides",
    },
    "water.request.notice": {
        "action_print": "needs the right to read the notice",
    },
    "water.request.decision": {
        "action_approve": DECIDES,
        "action_decline": DECIDES,
        "action_open_case": "needs the right to read the decision",
    },
    "water.visit": {
        "action_arrive": VISITS,
        "action_cancel": VISITS,
        "action_confirm": VISITS,
        "action_finish": VISITS,
        "action_keep": VISITS,
        "action_move": VISITS,
    },
    "water.account.delegate": {
        "action_revoke": "needs an agent who sees the account",
    },
    "water.visit.wizard": {
        "action_plan": CASE,
    },
    "water.visit.change.wizard": {
        "action_change": VISITS,
    },
    "water.material.wizard": {
        "action_ask": CASE,
    },
    "water.acknowledge.wizard": {
        "action_acknowledge": CASE,
    },
    "water.request.decision.wizard": {
        "action_ask": CASE,
    },
    "water.feedback.wizard": {
        "action_tell": CASE,
    },
    "water.close.wizard": {
        "action_close": CASE,
    },
    "water.complaint": {
        "action_accept_dispatch": TURN,
        "action_add_evidence": OPENS,
        "action_appeal": OPENS,
        "action_archive_case": TABLE,
        "action_arrived": WRITE,
        "action_ask_statement": OPENS,
        "action_confirm": OPENS,
        "action_contest": OPENS,
        "action_end": OPENS,
        "action_entitlement": OPENS,
        "action_escalate": OPENS,
        "action_finish_dispatch": TURN,
        "action_handle": TABLE,
        "action_hold": OPENS,
        "action_issue_code": "needs the desk, and the right to write the case",
        "action_letter": OPENS,
        "action_negotiate": WORKS,
        "action_notify": "needs the right to read the case",
        "action_open_appeals": OPENS,
        "action_open_archives": OPENS,
        "action_open_checklist": "needs the right to read the case",
        "action_open_evidence": OPENS,
        "action_open_improvements": OPENS,
        "action_open_negotiations": OPENS,
        "action_open_notices": OPENS,
        "action_open_reviews": OPENS,
        "action_plan": WORKS,
        "action_plan_investigation": WORKS,
        "action_print_supervision": "needs the right to read the case",
        "action_readback": OPENS,
        "action_relate": OPENS,
        "action_replace_responsible": OPENS,
        "action_report": OPENS,
        "action_return_dispatch": TURN,
        "action_review": "needs a second person who neither investigated nor is concerned",
        "action_verify": TABLE,
    },
    "water.inspection": {
        "action_acknowledge": INSPECTED,
        "action_decide": OPENS,
        "action_dispute": OPENS,
        "action_drop": INSPECTS,
        "action_finish": INSPECTS,
    },
    "water.inspection.wizard": {
        "action_save": "is checked by the inspection",
    },
    "water.improvement": {
        "action_cancel": OWNER,
        "action_done": OWNER,
        "action_reopen": CHECKS,
        "action_start": OWNER,
        "action_verify": CHECKS,
    },
    "water.archive": {
        "action_download": "needs quality, and the right to read the case",
        "action_verify": "needs quality, and the right to read the case",
    },
    "water.destruction": {
        "action_approve": "needs a privacy officer who has not proposed it",
        "action_propose": "needs quality",
        "action_refuse": "needs a privacy officer",
    },
    "water.hold.wizard": {
        "action_save": CASE,
    },
    "water.evidence": {
        "action_hide": "needs the desk, and evidence that counts",
        "action_publish": "needs the desk, and evidence that counts",
        "action_strike": OPENS,
    },
    "water.strike.wizard": {
        "action_strike": "needs a supervisor; checked by the evidence",
    },
    "water.investigation": {
        "action_add_evidence": OPENS,
        "action_cancel": WORKS,
        "action_done": WORKS,
        "action_start": WORKS,
    },
    "water.resolution": {
        "action_new_version": WORKS,
        "action_propose": WORKS,
    },
    "water.resolution.action": {
        "action_done": "needs the owner, or who works on the complaint",
    },
    "water.negotiation": {
        "action_answer": OPENS,
    },
    "water.appeal": {
        "action_accept": "needs a supervisor; who reviews must have had no part",
        "action_admit": OPENS,
        "action_decide": "needs the reviewer; a panel decides by majority",
        "action_open_complaint": OPENS,
        "action_vote": OPENS,
        "action_withdraw": OPENS,
    },
    "water.appeal.wizard": {
        "action_save": "is checked by the appeal, or by its filing",
    },
    "water.notice": {
        "action_deliver": OPENS,
        "action_print": "needs the right to read the notice; the report checks who prints",
    },
    "water.delivery.wizard": {
        "action_save": DESK,
    },
    "water.escalate.wizard": {
        "action_save": CASE,
    },
    "water.review.wizard": {
        "action_save": "is checked by the review",
    },
    "water.satisfaction.review": {
        "action_settle": OPENS,
    },
    "water.dispatch": {
        "action_accept": TURN,
        "action_arrived": TURN,
        "action_finish": TURN,
        "action_reject": TURN,
    },
    "water.callback": {
        "action_busy": WRITE,
        "action_cancel": WRITE,
        "action_done": WRITE,
        "action_no_answer": WRITE,
        "action_start": WRITE,
    },
    "water.callback.wizard": {
        "action_request": CASE,
    },
    "water.deputy.wizard": {
        "action_appoint": CASE,
    },
    "water.deadline": {
        "action_promise_kept": "needs the right to write the case",
        "action_resume": "needs the right to write the case",
        "duty_board": READS,
    },
    "water.deadline.pause": {
        "action_approve": DECIDES,
        "action_end": "needs the right to write the case",
        "action_refuse": DECIDES,
    },
    "water.standard": {
        "action_new_version": "needs the right to create standards",
    },
    "water.pause.wizard": {
        "action_ask": CASE,
    },
    "water.promise.wizard": {
        "action_keep": CASE,
    },
    "water.replan.wizard": {
        "action_replan": CASE,
    },
    "water.calendar.day": {
        "action_load_china": "needs the right to create special days",
    },
    "water.api": {
        "append": INTEGRATES,
        "categories": INTEGRATES,
        "confirm": INTEGRATES,
        "contest": INTEGRATES,
        "status": INTEGRATES,
        "submit": INTEGRATES,
        "submit_batch": INTEGRATES,
    },
    "water.inbound.mail": {
        "action_drop": "needs a supervisor who sees the mail",
        "action_make_case": "needs an agent who sees the mail",
    },
    "water.webhook": {
        "action_open_dead": OPENS,
        "action_test": "needs the right to write webhooks",
    },
    "water.webhook.delivery": {
        "action_retry": "needs a supervisor who sees the delivery",
    },
    "water.call": {
        "action_answer_and_close": "needs the right to create inquiries",
        "action_next": OPENS,
        "action_open_case": "opens a case the user must be allowed to read",
        "action_register_complaint": "needs the right to create complaints",
        "action_register_inquiry": "needs the right to create inquiries",
        "action_register_request": "needs the right to create requests",
    },
    "water.incident": {
        "action_arrived": RUNS,
        "action_close": RUNS,
        "action_compensate": RUNS,
        "action_dismiss": RUNS,
        "action_exemption": OPENS,
        "action_news": RUNS,
        "action_open_cases": OPENS,
        "action_open_compensations": OPENS,
        "action_restore": RUNS,
        "action_start": RUNS,
    },
    "water.compensation": {
        "action_approve": DECIDES_MONEY,
        "action_exemption": OPENS,
        "action_make_entry": "needs finance or a supervisor, and an approved one without entry",
        "action_open_exemptions": OPENS,
        "action_open_move": OPENS,
        "action_propose": "needs the desk and the right to write it; band, amount and reason",
        "action_recompute": WRITE,
        "action_refuse": OPENS,
        "action_reverse": "needs finance, and a withdrawn one that is posted",
        "action_withdraw": OPENS,
    },
    "water.compensation.wizard": {
        "action_save": "is checked by the compensations",
    },
    "water.compensation.exemption": {
        "action_approve": "needs a supervisor who did not ask for it, and evidence",
        "action_refuse": OPENS,
    },
    "water.compensation.profile": {
        "action_open_rules": OPENS,
    },
    "water.compensation.progress": {
        "action_open": OPENS,
    },
    "water.compensation.rule": {
        "action_confirm": "needs a manager, and a note of what confirms it",
        "action_new_version": WRITE,
        "action_switch_off": WRITE,
    },
    "water.entitlement.wizard": {
        "action_propose": "needs the desk, the case, and a rule in force",
    },
    "water.exemption.refuse.wizard": {
        "action_save": "is checked by each exemption",
    },
    "water.leak.allowance": {
        "action_cancel": "needs the desk and the right to write it, while it is a draft",
        "action_open_compensation": OPENS,
        "action_submit": "needs the desk and the right to write it; readings, proof, a rule",
    },
    "account.move": {
        "action_open_water_compensation": OPENS,
    },
    "water.incident.wizard": {
        "action_send": RUNS,
    },
    "water.confirm.wizard": {
        "action_save": CASE,
    },
    "water.contact.wizard": {
        "action_log": CASE,
    },
    "water.dispatch.reject.wizard": {
        "action_reject": TURN,
    },
    "water.dispatch.wizard": {
        "action_dispatch": CASE,
    },
    "water.end.wizard": {
        "action_end": CASE,
    },
    "water.handover.wizard": {
        "action_hand_over": CASE,
    },
    "water.notice.wizard": {
        "action_preview": CASE,
        "action_send": CASE,
    },
    "water.readback.wizard": {
        "action_confirm": CASE,
    },
    "water.statement": {
        "action_give": "needs the person asked, once",
    },
    "water.triage.wizard": {
        "action_save": CASE,
    },
    "water.vexatious.wizard": {
        "action_save": "needs a supervisor",
    },
    "water.merge.wizard": {
        "action_save": CASE,
    },
    "water.report.wizard": {
        "action_save": CASE,
    },
    "water.recusal.wizard": {
        "action_replace": CASE,
    },
    "water.statement.wizard": {
        "action_ask": CASE,
    },
    "water.convert.wizard": {
        "action_convert": CASE,
    },
}
