"""The page of states: what may follow what, who may do it, and what must be there first."""

from collections import Counter

from odoo.addons.water_service_desk.base.tables import table

from . import markdown as md
from . import words as wording

#: The case types.
MODELS = ("water.complaint", "water.inquiry", "water.request")
#: A last state that so many others lead to is left to the table.
MANY = 4
WORDS = wording.of("states")


def states_page(env, folder):
    """A diagram and a table for each kind of case, and the states of everything else."""
    words = WORDS[folder]
    parts = [_case(env[name], words) for name in MODELS]
    return md.page(words["title"], words["words"], *parts, _others(env, words))


def _case(model, words):
    labels = dict(model._fields["state"]._description_selection(model.env))
    moves = sorted(table(model, "_transitions").items(), key=lambda item: _place(labels, item[0]))
    edges = [(start, end, "") for start, end in _drawn(moves)]
    used = {state for edge in edges for state in edge}
    nodes = {state: label for state, label in labels.items() if state in used}
    rows = [
        [*(md.cell(labels[state]) for state in pair), _who(model, move, words), _needs(model, move)]
        for pair, move in moves
    ]
    heads = [words[key] for key in ("from", "to", "who", "needs")]
    title = f"## {model.env['ir.model'].sudo()._get(model._name).name}"
    return "\n\n".join([title, md.diagram(nodes, edges), md.table(heads, rows)])


def _drawn(moves):
    """Return the moves of a diagram: those that people make, without ends common to most states."""
    own = [pair for pair, move in moves if move.groups]
    starts = {start for start, _end in own}
    into = Counter(end for _start, end in own)
    return [(a, b) for a, b in own if b in starts or into[b] < MANY]


def _place(labels, pair):
    order = list(labels)
    return [order.index(state) for state in pair]


def _who(model, move, words):
    names = [model.env.ref(group).sudo().name for group in move.groups or ()]
    return md.cell(words["and"].join(names)) or words["system"]


def _needs(model, move):
    """Return what an empty case lacks for a move, as the user would read it."""
    case, found = model.new({}), []
    for name in move.needs:
        try:
            found += map(str, getattr(case, name)())
        except Exception:  # asks for what only a real case has
            continue
    return "<br>".join(md.cell(text) for text in dict.fromkeys(found))


def _others(env, words):
    rows = []
    for name in sorted(env.registry):
        model = env[name]
        field = model._fields.get("state")
        if name.startswith("water.") and name not in MODELS and _is_kept(model) and field:
            if field.type == "selection":
                labels = [label for _key, label in field._description_selection(env)]
                title = md.cell(env["ir.model"].sudo()._get(name).name)
                rows.append([title, md.code(name), md.cell(words["and"].join(labels))])
    heads = [words["record"], "", words["states"]]
    return f"## {words['more']}\n\n{md.table(heads, rows)}"


def _is_kept(model):
    return model._auto and not model._abstract and not model._transient
