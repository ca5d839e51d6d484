"""The page of service standards, each with its clocks, and of the steps of the ladder."""

from . import markdown as md
from . import words as wording
from .registry_pages import ours, selection

WORDS = wording.of("standards")


def standards_page(env, folder):
    """A table for each standard, then the ladder."""
    words = WORDS[folder]
    known = ours(env, "water.standard")
    standards = env["water.standard"].sudo().browse(known).sorted("case_model, sequence, code")
    parts = [_standard(standard, words) for standard in standards]
    return md.page(words["title"], words["words"], *parts, _ladder(env, words))


def _standard(standard, words):
    heads = [words[key] for key in ("clock", "limit", "start", "source")]
    rows = []
    for line in standard.line_ids.sorted(lambda row: (row.sequence, row.id)):
        source = words["proposal"] if line.is_proposal else line.source
        texts = [selection(line, "kind"), _amount(line), selection(line, "start_on"), source]
        rows.append([md.cell(text) for text in texts])
    return f"## {md.cell(standard.name)}\n\n{md.table(heads, rows)}"


def _amount(row):
    return f"{row.amount:g} {selection(row, 'unit')}"


def _ladder(env, words):
    steps = env["water.escalation.step"].sudo().browse(ours(env, "water.escalation.step"))
    heads = [words[key] for key in ("step", "when", "reader")]
    rows = []
    for step in steps.sorted(lambda row: (row.sequence, row.id)):
        when = [selection(step, "moment")]
        if step.moment != "due":
            when.append(f"{step.percent} %" if step.moment == "percent" else _amount(step))
        cells = [step.name, " · ".join(when), selection(step, "recipient")]
        rows.append([md.cell(text) for text in cells])
    return f"## {words['ladder']}\n\n{md.table(heads, rows)}"
