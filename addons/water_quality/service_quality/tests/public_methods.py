"""Methods of service quality that a remote caller reaches, and what guards them."""

INSPECTS = "needs quality or a supervisor, never about himself"
INSPECTED = "needs the inspected person, or the head of the inspected department"
OWNER = "needs the owner, the head of the department, quality or a supervisor"
CHECKS = "needs quality or a supervisor who had no part in the work"


def quality_methods(opens):
    """The part of the allow-list that is about service quality.

    :param opens: the guard of what opens a window
    """
    return {
        "water.inspection": {
            "action_acknowledge": INSPECTED,
            "action_decide": opens,
            "action_dispute": opens,
            "action_drop": INSPECTS,
            "action_finish": INSPECTS,
            "action_lesson": opens,
        },
        "water.inspection.wizard": {"action_save": "is checked by the inspection"},
        "water.improvement": {
            "action_cancel": OWNER,
            "action_done": OWNER,
            "action_reopen": CHECKS,
            "action_start": OWNER,
            "action_verify": CHECKS,
        },
    }
