"""The manual is built without a warning, whole in both languages, and brings all of its own."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "bin" / "lib"
sys.path.append(str(LIBRARY))

from water.docs import __main__ as command  # noqa: E402
from water.docs import markdown, mermaid, site  # noqa: E402

SOURCES = ROOT / "doc" / "site"
#: Paths of the manual that the application leads to.
LED = re.compile(r'"((?:roles|admin|reference|developer|standards)/(?:[\w-]+/)*)"')


class Links(HTMLParser):
    """The links and the places of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.places = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.places.add(values.get("id"))
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])


@pytest.fixture(scope="module")
def manual(stack):
    """The built pages; ``bin/docs`` makes them, as everywhere."""
    local = Path(stack["data"]).parent
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "water.docs"],
        env=os.environ | {"PYTHONPATH": str(LIBRARY), "WATER_LOCAL": str(local)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr
    return site.built(type("Place", (), {"local": local}))


def test_each_page_is_there_in_both_languages():
    chinese, english = (
        {path.relative_to(SOURCES / language) for path in (SOURCES / language).rglob("*.md")}
        for language in ("zh", "en")
    )
    assert chinese == english


def test_every_link_leads_somewhere(manual):
    pages = {path: Links(path.read_text()) for path in manual.rglob("*.html")}
    assert len(pages) > 60
    wrong = []
    for path, page in pages.items():
        for link in page.links:
            target, _hash, place = link.partition("#")
            if re.match(r"[a-z]+:|//", link) or path.name == "404.html":
                continue
            end = (path.parent / target).resolve() if target else path
            end = end / "index.html" if end.is_dir() else end
            if not end.exists() or (place and place not in pages[end].places | {"__skip"}):
                wrong.append(f"{path.relative_to(manual)}: {link}")
    assert not wrong


def test_the_application_leads_to_pages(manual):
    sources = [*ROOT.glob("addons/*/static/src/components/manual/*.js")]
    sources += [*ROOT.glob("addons/*/*/models/res_users.py")]
    led = {page for path in sources for page in LED.findall(path.read_text())}
    led |= {f"roles/{path.stem}/" for path in (SOURCES / "zh" / "roles").glob("*.md")}
    assert len(led) > 8
    for page in led:
        assert (manual / page / "index.html").exists(), page
        assert (manual / "en" / page / "index.html").exists(), page


def test_chinese_words_are_found(manual):
    index = json.loads((manual / "search" / "search_index.json").read_text())
    assert "zh" in index["config"]["lang"]
    texts = "".join(page["text"] for page in index["docs"])
    assert "\u200b转办单\u200b" in texts, "cut into the words of doc/search_words.txt"


def test_diagrams_are_drawn(manual):
    page = (manual / "reference" / "states" / "index.html").read_text()
    assert page.count("<svg role=") == 3
    assert "已登记" in page
    assert "mermaid" not in page


def test_a_line_that_cannot_be_drawn_is_refused():
    text = markdown.diagram({"a": 'One "1"', "b": "Two"}, [("a", "b", "then")])
    words = text.removeprefix("```mermaid\n").removesuffix("\n```")
    assert "n1 -> n2" in mermaid.to_dot(words)
    with pytest.raises(ValueError, match="not drawn"):
        mermaid.to_dot(f"{words}\n    n1 -.-> n2")


def test_pictures_are_there_and_shown(tmp_path):
    (tmp_path / "page.md").write_text("![a](one.jpg) ![b](gone.jpg)")
    (tmp_path / "one.jpg").write_bytes(b"x")
    (tmp_path / "alone.png").write_bytes(b"x" * (site.LARGEST + 1))
    assert list(site.picture_faults(tmp_path)) == [
        "page.md shows gone.jpg, which is missing",
        "alone.png is shown on no page",
        f"alone.png is larger than {site.LARGEST} bytes",
    ]


def test_useful_cases_of_others_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<script src="https://cdn.example/x.js"></script><link rel="stylesheet" href=//f.example/y>'
        '<a href="https://example.com">a link is no harm</a><img src="../a.png">'
    )
    assert list(site.foreign(tmp_path)) == [
        "a.html: https://cdn.example/x.js",
        "a.html: //f.example/y",
    ]


def test_a_name_that_nothing_has_is_found(stack, tmp_path):
    page = tmp_path / "doc" / "site" / "zh" / "a.md"
    page.parent.mkdir(parents=True)
    page.write_text("按“转办”，再按“不存在”，见 *供水客服 › 没有这项*。`“代码”`")
    (tmp_path / "addons").symlink_to(ROOT / "addons")
    script = (
        "from pathlib import Path; from water.docs.names import faults;"
        f"print('\\n'.join(faults(Path({str(tmp_path)!r}))))"
    )
    done = subprocess.run(
        [stack["python"], "-c", script],
        env=os.environ | {"PYTHONPATH": str(LIBRARY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "doc/site/zh/a.md: nothing is called “不存在”",
        "doc/site/zh/a.md: nothing is called “没有这项”",
    ]


def test_a_page_that_the_registry_gives_otherwise_is_found(monkeypatch, capsys):
    written = command._committed(ROOT)
    assert len(written) == 2 * len(command.PAGES)
    odoo = SimpleNamespace(place=SimpleNamespace(root=ROOT))
    monkeypatch.setattr(command, "reference", lambda _odoo: written)
    assert command.check(odoo) == 0
    changed = written | {"zh/reference/menus.md": "another", "en/reference/new.md": "new"}
    monkeypatch.setattr(command, "reference", lambda _odoo: changed)
    assert command.check(odoo) == 1
    said = capsys.readouterr().out
    assert "doc/site/zh/reference/menus.md is not what the registry gives" in said
    assert "2 out of date" in said
