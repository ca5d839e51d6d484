"""The rules of our own about security are checked: each is broken, and kept, once."""

import subprocess
import textwrap
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "bin" / "lib"
HEAD = "from odoo import models\nclass Thing(models.Model):\n"
BROKEN = {
    "sudo() before": (
        "def action_read(self):\n    return self.sudo().name",
        "def action_read(self):\n    # sudo: thing - shown\n    return self.sudo().name",
        "def action_read(self):\n    self.check_access('read')\n    return self.sudo().name",
        "def _read_it(self):\n    return self.sudo().name",
    ),
    "put together": (
        "def _go(self, name):\n    self.env.cr.execute(f'SELECT {name}')",
        "def _go(self, name):\n    self.env.cr.execute('SELECT %s', [name])",
    ),
    "put together: SQL": (
        "def _go(self, name):\n    return SQL('SELECT ' + name)",
        "def _go(self, name):\n    return SQL('SELECT %s', name)",
    ),
    "of text": (
        "def _go(self, text):\n    return safe_eval(text)",
        "def _go(self, text):\n    return literal_eval(text)",
    ),
    "the context's key 'skip'": (
        "def _go(self):\n    if self.env.context.get('skip') or self.name:\n        return",
        "def _go(self):\n    if self.env.context.get('skip') is TOKEN:\n        return",
        "def _go(self):\n    if self.env.context.get('lang'):\n        return",
    ),
    "the context's key 'never'": (
        "def _go(self):\n    return 1 if self.env.context['never'] is True else 2",
        "def _go(self):\n    return self.env.context['never']",
    ),
    "the day of UTC": (
        "def _go(self):\n    return self.received_at.date(), fields.Date.today()",
        "def _go(self):\n    return self.env.company._water_today(self.received_at)",
        "def _go(self, local):\n    return local.date(), fields.Date.to_date(self.due_on)",
    ),
    "the day of whoever": (
        "def _go(self):\n    return fields.Date.context_today(self)",
        "def _go(self):\n    return fields.Date.context_today(self.with_context(tz='UTC'))",
        "def _go(self):\n    return self.env.company._water_today()",
    ),
}
ROUTE = """
class Door(Controller):
    @route("/x")
    def x(self):
        return request.env["thing"].sudo().search([])
"""


def run(folder):
    """The command's output about ``folder``."""
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "water.guards"],
        cwd=folder,
        env={"PYTHONPATH": str(LIBRARY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.stdout.strip()) == bool(done.returncode), done.stderr
    return done.stdout


@pytest.mark.parametrize("words", BROKEN)
def test_rule(tmp_path, words):
    """The first is found, the others are not."""
    (tmp_path / "addons").mkdir()
    path = tmp_path / "addons" / "thing.py"
    bad, *good = BROKEN[words]
    for text in (bad, *good):
        path.write_text(HEAD + textwrap.indent(text, "    ") + "\n")
        found = run(tmp_path)
        assert (words in found) == (text == bad), (text, found)
        assert text == bad or not found


def test_routes_and_templates(tmp_path):
    """Controllers are reached as well, and templates escape."""
    (tmp_path / "addons").mkdir()
    (tmp_path / "addons" / "door.py").write_text(ROUTE)
    assert "x: sudo() before" in run(tmp_path)
    for bad in ('<t t-raw="x"/>', '<t t-out="Markup(x)"/>'):
        (tmp_path / "addons" / "page.xml").write_text(f"<odoo>{bad}</odoo>")
        assert "page.xml:1" in run(tmp_path)


def test_refusals_in_tests(tmp_path):
    folder = tmp_path / "addons" / "tests"
    folder.mkdir(parents=True)
    for text, is_bad in (
        ("with self.assertRaises(UserError):", True),
        ("with self.assertRefused('closed', case):", False),
        ("with self.assertRaisesRegex(UserError, 'closed'):", False),
    ):
        (folder / "test_x.py").write_text(text)
        assert ("without its words" in run(tmp_path)) == is_bad, text


def test_methods_twice(tmp_path):
    """Two rooms give a model the same method: one of them would never be called."""
    room = tmp_path / "addons" / "desk"
    for name, line in (("low", "self.a()"), ("high", "super()._go()"), ("beside", "self.b()")):
        path = room / name / "models" / "thing.py"
        path.parent.mkdir(parents=True)
        body = f'    _inherit = "thing"\n    def _go(self):\n        {line}\n'
        path.write_text(f"class Thing:\n{body}")
    command = ["/usr/bin/python3", "-m", "water.twice"]
    environment = {"PYTHONPATH": str(LIBRARY)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "beside/models/thing.py:3: thing._go stands in" in done.stdout
    hook = room / "beside" / "models" / "thing.py"
    hook.write_text(hook.read_text().replace("self.b()", "return False"))
    assert not subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True
    ).stdout.strip()


def test_our_code():
    """They stay."""
    assert run(Path(__file__).parents[1]) == ""
