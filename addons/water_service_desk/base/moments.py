"""Moments as staff read them, for many records at once."""

from odoo import fields


def short_writer(env, tz=None):
    """A function that writes naive UTC datetimes, such as 2026-10-13 17:30, in the zone of ``env``.

    They read as on the customers' pages, where they stand next to each other, in any language.
    Odoo's ``format_datetime`` looks for language and locale again at each call, which takes
    longer than all the rest of a list of time limits.

    :param tz: time zone for readers who have none of their own
    """
    base = env["base"].with_env(env)
    base = base.with_context(tz=env.user.tz or tz or env.context.get("tz"))

    def write(moment):
        local = fields.Datetime.context_timestamp(base, moment)
        return f"{local:%Y-%m-%d %H:%M}"

    return write
