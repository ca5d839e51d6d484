"""Methods of systemic problems that a remote caller reaches, and what guards them."""

WORKS = "needs the owner, his head or quality, and a problem in due state"
JUDGES = "needs quality or a supervisor who had no part in it, and a problem in due state"


def problem_methods(opens):
    """The part of the allow-list that is about systemic problems.

    :param opens: the guard of what opens a window
    """
    return {
        "water.problem": {
            "action_again": JUDGES,
            "action_analysed": WORKS,
            "action_close": JUDGES,
            "action_dismiss": "needs quality or a supervisor, and why",
            "action_judge": JUDGES,
            "action_measure": opens,
            "action_open_complaints": opens,
            "action_start": WORKS,
        },
        "water.management.review": {
            "action_approve": "needs the chair, and minutes",
            "action_decide": opens,
        },
    }
