"""Methods of key figures that a remote caller reaches, and what guards them."""

KEEPS = "needs quality, a supervisor or a manager, and a sheet in due state"


def kpi_methods(opens, write):
    """The part of the allow-list that is about key figures.

    :param opens: the guard of what opens a window
    :param write: the guard of what needs the right to write
    """
    return {
        "water.bulletin": {
            "action_print": "needs the right to read the bulletin",
            "action_redraw": KEEPS,
            "action_send": KEEPS,
        },
        "water.any.case": {"action_open_case": opens},
        "water.kpi": {"action_new_version": write},
        "water.kpi.line": {
            "action_open_denominator": opens,
            "action_open_numerator": opens,
        },
        "water.kpi.sheet": {
            "action_add": opens,
            "action_back_to_draft": KEEPS,
            "action_check": KEEPS,
            "action_close": "needs a manager who did not check the sheet",
            "action_open_lines": opens,
            "action_print": "needs the right to read the sheet",
            "action_recount": KEEPS,
            "action_save_table": opens,
            "action_verify": KEEPS,
        },
    }
