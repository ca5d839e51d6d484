"""Who is asking, also where Odoo has taken the request away from what it calls."""

import sys

from odoo.http import Application, request


def frame_of(function):
    """Where a function is at work of which this is a part; nothing where it is not.

    :param function: a plain one of Python
    """
    frame = sys._getframe()
    while frame and frame.f_code is not function.__code__:
        frame = frame.f_back
    return frame


def asking():
    """The HTTP request in which this is done; nothing where it is done for none.

    The older interfaces hide it from the methods that they call: what is counted by address would
    not be counted there.
    """
    if request:
        return request.httprequest
    began = frame_of(Application.__call__)
    return began and began.f_locals.get("httprequest")
