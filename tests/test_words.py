"""The glossary check finds its words, and none in comments."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
GLOSSARY = """
| English | 中文（用这个） | 不用 | where, and why |
| --- | --- | --- | --- |
| case | 工单 | `案件`、本件 | staff |
"""
CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "The case"
msgstr "该案件"

msgid "This case"
msgstr "本件"
"""
DEMO = "<odoo><!-- 案件一 --><field name='name'>工单</field></odoo>"


def _run(root):
    script = f"from water.words import main; raise SystemExit(main({str(root)!r}))"
    done = subprocess.run(
        ["/usr/bin/python3", "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT / "bin" / "lib")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def test_found(tmp_path):
    """The word in code, where it stands, and what to say instead; not the other one, no comment."""
    catalogue = "addons/water/i18n/zh_CN.po"
    _write(tmp_path, {"doc/glossary.md": GLOSSARY, catalogue: CATALOGUE})
    _write(tmp_path, {"addons/water/demo/case_demo.xml": DEMO})
    code, output = _run(tmp_path)
    assert code == 1, output
    assert output.splitlines() == [f"{catalogue}: 'The case': “案件” (better: 工单)"]


def test_nothing_to_look_for(tmp_path):
    """An unreadable table is a fault, not an empty result."""
    _write(tmp_path, {"doc/glossary.md": "no table"})
    code, output = _run(tmp_path)
    assert code == 1
    assert "no words are given up" in output
