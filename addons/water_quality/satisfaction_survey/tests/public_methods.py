"""Methods of satisfaction surveys that a remote caller reaches, and what guards them."""

KEEPS = "needs quality or a supervisor, and the due step"


def survey_methods(opens):
    """The part of the allow-list that is about surveys.

    :param opens: the guard of what opens a window
    """
    return {
        "water.satisfaction.survey": {
            "action_close": KEEPS,
            "action_draw": KEEPS,
            "action_open_lines": opens,
            "action_publish": "needs a manager, not who has counted",
            "action_read_in": KEEPS,
            "action_save_table": opens,
        },
    }
