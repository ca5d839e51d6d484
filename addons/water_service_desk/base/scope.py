"""Ask whether a company uses an optional part of the service (Settings, Water Service, Scope)."""


def uses(env, part):
    """Return whether the optional part is switched on.

    :param part: external id of its group, such as ``"water_service_desk.group_use_anchors"``
    """
    return env["res.groups"]._is_feature_enabled(part)
