"""Methods of supervision that a remote caller reaches, and what guards them."""

KEEPS = "needs quality or a supervisor, and the due step"


def supervision_methods(inspections):
    """The part of the allow-list that is about supervision from outside.

    :param inspections: the methods of inspections without mystery visits
    """
    return {
        "water.inspection": {
            **inspections,
            "action_ask_more": KEEPS,
            "action_give_out": KEEPS,
            "action_take_back": KEEPS,
        },
        "water.social.supervisor": {"action_invite": "needs the right to write"},
        "water.supervision.finding": {
            "action_answer": "needs who answers for it, at its step",
            "action_close": KEEPS,
            "action_measure": "needs quality or a supervisor",
            "action_reply": "needs quality, not who wrote the answer",
            "action_return": "needs quality, not who wrote the answer",
        },
    }
