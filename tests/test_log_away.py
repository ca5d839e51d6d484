"""The log can be written no more: whoever wants something of the system does not notice."""

import shutil

from test_outage import Person
from visitor import NO_LIMITS


def test_the_folder_of_the_log_is_gone(serving, tmp_path):
    """Rotated away, full or given to somebody else: it is written again once that can be done."""
    folder = tmp_path / "log"
    with serving([f"--logfile={folder / 'odoo.log'}"], NO_LIMITS) as server:
        person = Person(server.base_url)
        person.sign_in("zhangwei")
        shutil.rmtree(folder)
        folder.write_text("a file where the folder was")
        for path in ("/water/report", "/my/complaints", "/web/login", "/nothing/here"):
            assert person.ask(path)[0] in (200, 404), path
        assert "/water/report/done" not in person.ask("/water/report/send", {"draft": "x"})[2]
        folder.unlink()
        folder.mkdir()
        assert person.ask("/water/report")[0] == 200
        assert "/water/report" in (folder / "odoo.log").read_text()
