"""Methods of trainings that a remote caller reaches, and what guards them."""

KEEPS = "needs quality or a supervisor, and a training in due state"


def training_methods():
    """The part of the allow-list that is about trainings."""
    return {
        "water.training": {
            "action_again": KEEPS,
            "action_cancel": KEEPS,
            "action_hold": "needs the trainer or quality, once it has begun",
            "action_invite": "needs the right to write, before it is held",
            "action_plan": KEEPS,
        },
        "water.training.attendee": {"action_sign_in": "needs the person himself, on the day"},
        "water.training.plan": {"action_approve": "needs a manager"},
    }
