"""Set a new database up as a Chinese water company; runs in ``odoo shell``, safe to repeat.

It runs after each round of modules: ``base``, then Odoo's own, then the addons with the users of
their demo data.
"""

TIME_ZONE = "Asia/Shanghai"


def set_up_company(env):
    """Country, currency, paper and working time of the main company."""
    company = env.ref("base.main_company")
    china, yuan = env.ref("base.cn"), env.ref("base.CNY")
    yuan.active = True
    if env.ref("base.module_base").demo:
        _name_demo_company(company)
    company.country_id = china
    company.paperformat_id = env.ref("base.paperformat_euro")
    if "chart_template" in company._fields:
        _use_chinese_accounts(env, company)
    company.currency_id = yuan
    if "resource_calendar_id" in company._fields:
        company.resource_calendar_id.tz = TIME_ZONE


def _name_demo_company(company):
    """Rename the American company of Odoo's demo data."""
    address = {"street": "供水路 1 号", "city": "清河市", "state_id": False, "zip": False}
    contact = {"phone": "96390", "email": "kefu@water.example", "website": False}
    company.partner_id.write({"name": "清河市自来水有限公司"} | address | contact)


def _use_chinese_accounts(env, company):
    """Replace the American chart, which Odoo's demo data gives the main company, by the Chinese."""
    if company.chart_template == "cn":
        return
    moves = env["account.move"].search([("company_id", "=", company.id)])
    moves.line_ids.remove_move_reconcile()
    moves.filtered(lambda move: move.state != "draft").button_draft()
    moves.with_context(force_delete=True).unlink()
    for model in ("account.payment", "account.bank.statement"):
        env[model].search([("company_id", "=", company.id)]).unlink()
    company.account_fiscal_country_id = company.country_id
    env["account.chart.template"].try_loading("cn", company, install_demo=False)


def set_up_people(env):
    """Set time zone and language of all users and of new ones."""
    users = env["res.users"].with_context(active_test=False).search([])
    users.partner_id.write({"tz": TIME_ZONE, "lang": "zh_CN"})
    env["ir.default"].set("res.partner", "tz", TIME_ZONE)
    env["ir.default"].set("res.partner", "lang", "zh_CN")


def keep_inside(env):
    """Block calls to Odoo's internet services unless an administrator allowed them."""
    if "water.outgoing" in env and not env["water.outgoing"]._is_open():
        env["water.outgoing"]._close()


set_up_company(env)  # noqa: F821 - `env` is what odoo shell provides
set_up_people(env)  # noqa: F821
keep_inside(env)  # noqa: F821
env.cr.commit()  # noqa: F821
