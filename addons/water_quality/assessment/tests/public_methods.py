"""Methods of assessments that a remote caller reaches, and what guards them."""

KEEPS = "needs quality or a manager who is not assessed in it, and an assessment in due state"
DECIDES = "needs quality or a manager who had no part in it, and words on why"


def assessment_methods(opens):
    """The part of the allow-list that is about assessments.

    :param opens: the guard of what opens a window
    """
    return {
        "water.assessment": {
            "action_check": KEEPS,
            "action_confirm": "needs a manager who did not check it and is not assessed in it",
            "action_draw_up": KEEPS,
            "action_open_lines": opens,
            "action_print_notice": opens,
            "action_publish": KEEPS,
            "action_save_table": opens,
        },
        "water.assessment.line": {
            "action_add": opens,
            "action_enter": opens,
            "action_print_order": opens,
        },
        "water.assessment.result": {"action_object": opens},
        "water.assessment.addendum": {
            "action_agree": "needs quality or a manager who neither added it nor is assessed by it",
        },
        "water.assessed.mixin": {"action_open_case": opens},
        "water.assessment.entry": {"action_object": opens},
        "water.assessment.objection": {"action_allow": DECIDES, "action_refuse": DECIDES},
        "water.false.completion": {
            "action_dismiss": DECIDES,
            "action_second_look": DECIDES,
            "action_uphold": DECIDES,
        },
    }
