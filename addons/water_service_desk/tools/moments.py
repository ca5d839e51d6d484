"""Moments as staff read them, for many records at once."""

from babel import dates

from odoo import fields
from odoo.tools import babel_locale_parse
from odoo.tools.misc import get_lang


def short_writer(env, tz=None):
    """A function that writes naive UTC datetimes short, in the language and zone of ``env``.

    Odoo's ``format_datetime`` looks for language and locale again at each call, which takes
    longer than all the rest of a list of time limits.

    :param tz: time zone for readers who have none of their own
    """
    base = env["base"].with_env(env)
    base = base.with_context(tz=env.user.tz or tz or env.context.get("tz"))
    locale = babel_locale_parse(get_lang(env).code)

    def write(moment):
        local = fields.Datetime.context_timestamp(base, moment)
        return dates.format_datetime(local, "short", locale=locale)

    return write
