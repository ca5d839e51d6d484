"""Marks work that the addon does itself, so that guards let it pass.

A context key alone would be an open door: remote callers choose their own context
(style: a guard opens for an object's identity, which no client can send).
"""

from odoo import SUPERUSER_ID

_TOKEN = object()
_KEY = "water_trusted"
#: Odoo's context keys that mute notifications, skip tracking, bypass deletion guards, or include
#: archived records.
MUTES = frozenset(
    {
        *("tracking_disable", "mail_notrack", "mail_create_nolog", "mail_create_nosubscribe"),
        *("mail_auto_subscribe_no_notify", "mail_activity_automation_skip"),
        *("mail_activity_quick_update", "mail_notify_force_send", "mail_post_autofollow"),
        *("install_mode", "import_file", "noupdate", "_force_unlink", "active_test"),
        *("skip_res_field_check", "image_no_postprocess", "attachments_mime_plainxml"),
    }
)


def trusted(records):
    """Return ``records`` with the mark that opens the addon's own guards.

    The caller's context is dropped: it must neither mute nor set defaults. Keys that are wanted are
    set on the result.

    :param records: any recordset about to be written by a checked service method
    :return: the same records in a marked environment
    """
    if is_trusted(records.env):
        return records
    context = {
        key: value
        for key, value in records.env.context.items()
        if not (key in MUTES or str(key).startswith("default_"))
    }
    # pylint: disable=context-overridden
    return records.with_context({**context, _KEY: _TOKEN})


def sanitize_context(records):
    """Return ``records`` without context keys that mute, skip tracking or include archived
    records.

    :param records: in any environment; that of a service stays as it is
    """
    context = records.env.context
    if is_trusted(records.env) or not MUTES & context.keys():
        return records
    kept = {key: value for key, value in context.items() if key not in MUTES}
    return records.with_context(kept)  # pylint: disable=context-overridden


def is_uninstalling(env):
    """Whether an addon is taken away; Odoo says it by a key that any client can send.

    :param env: the environment of the current call
    """
    return env.uid == SUPERUSER_ID and bool(env.context.get("_force_unlink"))


def is_trusted(env):
    """Tell whether ``env`` carries the mark set by :func:`trusted`.

    :param env: the environment of the current call
    :return: True only for the very token object of this process
    """
    return env.context.get(_KEY) is _TOKEN


def untrusted(records):
    """Return ``records`` without the mark, before handing them to foreign code.

    :param records: a recordset that may carry the mark
    """
    context = {key: value for key, value in records.env.context.items() if key != _KEY}
    # pylint: disable=context-overridden
    return records.with_context(context)
