"""Calls as a browser sends them: through the check where they enter, in the test's process."""

from copy import deepcopy

from odoo.service import model as service

from ..door import enter
from .common import WaterCommon


def by_web(model, method, args, kwargs):
    """Call a method as the web client does; the arguments are those of Odoo's function."""
    called = {"model": model._name, "method": method}
    called |= {"args": deepcopy(list(args)), "kwargs": {**kwargs}}
    enter(model.env, called)
    return service.call_kw(model, method, called["args"], called["kwargs"])


#: with Odoo's name, because tests of errors look for its frame
call_kw = by_web


class Sent:
    """Records whose methods are called as by the web client: ``Sent(case).write(values)``."""

    def __init__(self, records):
        self._records = records

    def __getattr__(self, name):
        records = self._records
        is_of_model = getattr(getattr(type(records), name), "_api_model", False)

        def sent(*args, **kwargs):
            context = {"context": dict(records.env.context)}
            given = args if is_of_model else (records.ids, *args)
            answer = by_web(records, name, given, {**kwargs, **context})
            return records.browse(answer) if name == "create" else answer

        return sent


class ForeignCommon(WaterCommon):
    """A customer and a department of another company, closed to the users of the first one."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        theirs = {"company_id": cls.company2.id}
        cls.stranger = cls.env["res.partner"].create({"name": "外司客户", **theirs})
        cls.unit = cls.env["water.department"].create({"name": "外司部门", "code": "WS", **theirs})
