"""Pages of menus by role, settings, and the catalogue of key figures."""

from lxml import etree

from . import markdown as md
from . import words as wording

DESK, COMPLAINTS = "water_service_desk", "water_complaints"
ADDONS = (DESK, COMPLAINTS, "water_compensation", "water_quality", "water_quality_compensation")
#: The columns of the table of menus: groups of the role, and its name where that is no group's.
ROLES = (
    (f"{DESK}.group_agent",),
    (f"{DESK}.group_department",),
    (f"{DESK}.group_supervisor",),
    (f"{DESK}.group_quality",),
    (f"{DESK}.group_manager",),
    ("account.group_account_invoice",),
    (f"{DESK}.group_manager", "base.group_system"),
)
NAMES = {
    "zh": ("坐席", "部门", "主管", "质检", "经理", "财务", "系统管理员"),
    "en": ("Agent", "Department", "Supervisor", "Quality", "Manager", "Finance", "Administrator"),
}
WORDS = wording.of("pages")


def ours(env, model):
    """{id: XML id} of the records of ``model`` that the addons bring as data."""
    wanted = [("model", "=", model), ("module", "in", ADDONS)]
    return {row.res_id: row.complete_name for row in env["ir.model.data"].sudo().search(wanted)}


def selection(record, name):
    """The label of a selection field's value, in the language of the environment."""
    return dict(record._fields[name]._description_selection(record.env)).get(record[name], "")


# Menus


def menus_page(env, folder):
    """A row for each menu, a column for each role."""
    words = WORDS[folder]
    known = ours(env, "ir.ui.menu")
    seen = [_seen(env, groups, number) for number, groups in enumerate(ROLES)]
    rows = []
    for menu, depth in _tree(env, known):
        name = "&emsp;" * depth + md.cell(menu.name)
        rows.append([name, *("●" if menu.id in each else "" for each in seen)])
    heads = [words["menu"], *NAMES[folder]]
    table = f'<div class="dense" markdown>\n\n{md.table(heads, rows)}\n\n</div>'
    return md.page(words["menus"], words["menus words"], table, wide=True)


def _tree(env, known):
    """(menu, depth) of the menus that are ours, as they stand in the application."""
    menus = env["ir.ui.menu"].sudo().with_context(**{"ir.ui.menu.full_list": True})
    every = menus.search([("id", "in", list(known))])
    below = every.grouped("parent_id")

    def walk(parent, depth):
        children = below.get(parent, menus.browse())
        for menu in children.sorted(lambda row: (row.sequence, known[row.id])):
            yield menu, depth
            yield from walk(menu, depth + 1)

    roots = every.parent_id - every
    for root in [menus.browse(), *roots.sorted("id")]:
        yield from walk(root, 0)


def _seen(env, groups, number):
    ids = [env.ref(name).id for name in ("base.group_user", *groups)]
    login = f"water-manual-{number}-{env.lang}"
    values = {"name": "Manual", "login": login, "group_ids": [(6, 0, ids)]}
    user = env["res.users"].sudo().with_context(no_reset_password=True).create(values)
    seen = env["ir.ui.menu"].with_user(user)._visible_menu_ids()
    menus = env["ir.ui.menu"].sudo().with_context(**{"ir.ui.menu.full_list": True}).browse(seen)
    # entries below a hidden menu cannot be reached
    return {menu.id for menu in menus if _above(menu) <= seen}


def _above(menu):
    found = set()
    while menu := menu.parent_id:
        found.add(menu.id)
    return found


# Settings


def settings_page(env, folder):
    """The blocks of our part of the settings, with the words of the page."""
    words = WORDS[folder]
    view = env["res.config.settings"].sudo().get_view(view_type="form")
    fields = env["res.config.settings"].fields_get()
    parts = []
    for app in etree.fromstring(view["arch"]).iter("app"):
        if app.get("name") == DESK:
            for block in app.iter("block"):
                rows = [row for row in _settings(block, fields) if row[0]]
                if rows:
                    heads = [words["setting"], words["help"]]
                    parts.append(f"## {block.get('title')}\n\n{md.table(heads, rows)}")
    return md.page(words["settings"], words["settings words"], *parts)


def _settings(block, fields):
    for setting in block.iter("setting"):
        names = [node.get("name") for node in setting.iter("field")]
        known = [fields[name] for name in names if name in fields]
        title = setting.get("string") or (known[0]["string"] if known else "")
        lines = [md.cell(setting.get("help"))]
        if len(known) > 1 or not lines[0]:
            lines += [_field(field, len(known) > 1) for field in known if field.get("help")]
        yield [md.cell(title), "<br>".join(filter(None, lines))]


def _field(field, named):
    label = f"**{md.cell(field['string'])}** " if named else ""
    return label + md.cell(field["help"])


# Key figures


def figures_page(env, folder):
    """The catalogue as it is delivered: the newest version of each figure."""
    words = WORDS[folder]
    known = ours(env, "water.kpi")
    rows = []
    for figure in env["water.kpi"].sudo().browse(known).sorted("code"):
        target = figure.target_ids.filtered(lambda row: not row.company_id)[:1]
        limits = [f"{target[name]:g}" if target else "" for name in ("target", "floor")]
        texts = [figure.name, figure.purpose, selection(figure, "unit")]
        texts += [selection(figure, "direction")]
        source = md.cell(figure.source or target.source)
        rows.append([md.code(figure.code), *map(md.cell, texts), *limits, source])
    keys = ("code", "name", "purpose", "unit", "direction", "target", "floor", "source")
    table = md.table([words[key] for key in keys], rows)
    return md.page(words["figures"], words["figures words"], table, wide=True)
