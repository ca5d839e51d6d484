"""Settings of a database for real customers; runs in ``odoo shell``, safe to repeat.

What an administrator has changed since is kept.
"""

SETTINGS = {
    # sessions end after eight unused hours, the length of a shift
    "sessions.max_inactivity_seconds": "28800",
    # ten wrong passwords from one address, and it waits for five minutes
    "base.login_cooldown_after": "10",
    "base.login_cooldown_duration": "300",
    # of new passwords, where auth_password_policy is installed, as config/docker/setup does
    "auth_password_policy.minlength": "12",
    # where programs that print reports of other apps find their pictures and styles
    "report.url": "http://127.0.0.1:8069",
    # customers need an invitation to sign up
    "auth_signup.invitation_scope": "b2b",
}
#: Odoo's initial values
FIRST = {"base.login_cooldown_duration": "60", "auth_password_policy.minlength": "8"}


#: Roles that sign in with a second factor; it is asked for once, when the database is new.
DEMANDING = (
    "water_service_desk.group_manager",
    "account.group_account_invoice",
    "base.group_erp_manager",
    "base.group_system",
)
DEMANDED = "water_service_desk.second_factor_set_up"


def set_up_second_factor(env):
    """Managers, finance and administrators, as long as nobody has chosen otherwise."""
    parameters = env["ir.config_parameter"]
    if not parameters.get_param(DEMANDED):
        for name in DEMANDING:
            group = env.ref(name, raise_if_not_found=False)
            if group:
                group.water_second_factor = True
        parameters.set_param(DEMANDED, "1")


def set_up_security(env):
    """Sessions, signing in and passwords."""
    parameters = env["ir.config_parameter"]
    for key, value in SETTINGS.items():
        row = parameters.search([("key", "=", key)])
        if not row or row.value == FIRST.get(key):
            parameters.set_param(key, value)


set_up_second_factor(env)  # noqa: F821
set_up_security(env)  # noqa: F821 - `env` is what odoo shell provides
