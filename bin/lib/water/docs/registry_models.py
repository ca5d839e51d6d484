"""The pages of models, room by room, and of the words that both languages use for one thing."""

from . import markdown as md
from . import words as wording
from .registry_pages import ADDONS, ours

WORDS = wording.of("models")
#: A diagram with more links than this is no help.
MOST = 20


def _rooms(env):
    """{(addon, room): [model names]} of the models that are kept, by where they are defined."""
    found = {}
    for name in sorted(env.registry):
        model = env[name]
        if model._abstract or model._transient or not model._auto or not name.startswith("water."):
            continue
        room = _room(model)
        if room:
            found.setdefault(room, []).append(name)
    return {room: found[room] for room in sorted(found, key=_order)}


def _room(model):
    for cls in type(model).mro():
        parts = cls.__module__.split(".")
        if cls.__dict__.get("_name") == model._name and parts[2:3] and parts[2] in ADDONS:
            if cls.__dict__.get("_inherit") != model._name:
                return parts[2], parts[3]
    return None


def _order(room):
    return ADDONS.index(room[0]), room[1]


def _links(model):
    """Yield (field, target model) of the stored references to our own models."""
    for name, field in sorted(model._fields.items()):
        leads = field.type == "many2one" and field.store and not field.inherited
        if leads and field.comodel_name.startswith("water.") and not field.related:
            yield name, field.comodel_name


def models_page(env, folder):
    """A diagram and a table for each room."""
    words = WORDS[folder]
    parts = [_part(env, room, names, words) for room, names in _rooms(env).items()]
    return md.page(words["title"], words["words"], *parts)


def _title(env, name):
    return env["ir.model"].sudo()._get(name).name


def _part(env, room, names, words):
    edges = [(name, end, field) for name in names for field, end in _links(env[name])]
    nodes = {name: _title(env, name) for name in [*names, *(end for _start, end, _f in edges)]}
    rows = []
    for name in names:
        links = ", ".join(f"{md.code(field)} → {md.code(end)}" for field, end in _links(env[name]))
        rows.append([md.code(name), md.cell(_title(env, name)), links])
    heads = [words["model"], words["name"], words["links"]]
    parts = [f"## {room[1]} {{ #{'-'.join(room)} }}", md.table(heads, rows)]
    pairs = list(dict.fromkeys((start, end) for start, end, _field in edges))
    if pairs and len(pairs) <= MOST:
        parts.insert(1, md.diagram(nodes, [(start, end, "") for start, end in pairs], "LR"))
    return "\n\n".join(parts)


# Words


def words_page(env, folder):
    """Write the page of names in English and Chinese."""
    words = WORDS[folder]
    records = {
        "models": _models(env),
        "menus": _named(env, "ir.ui.menu"),
        "groups": _named(env, "res.groups"),
        "stages": _named(env, "water.stage"),
        "categories": _named(env, "water.category"),
    }
    heads = ["English", "中文"]
    parts = [
        f"## {words[key]}\n\n{md.table(heads, _pairs(found))}" for key, found in records.items()
    ]
    return md.page(words["terms"], words["terms words"], *parts)


def _models(env):
    names = [name for room in _rooms(env).values() for name in room]
    ids = [env["ir.model"].sudo()._get(name).id for name in names]
    return env["ir.model"].sudo().browse(ids)


def _named(env, model):
    full = env[model].sudo().with_context(active_test=False, **{"ir.ui.menu.full_list": True})
    return full.browse(sorted(ours(env, model))).exists()


def _pairs(records):
    english, chinese = records.with_context(lang="en_US"), records.with_context(lang="zh_CN")
    pairs = {(a.name, b.name) for a, b in zip(english, chinese, strict=True)}
    return [[md.cell(text) for text in pair] for pair in sorted(pairs)]
