"""The addons beside forty apps of Odoo and three of OCA, in either order.

Messages that Odoo logs without our addons are the baseline: no further ones are allowed.
"""

import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from runs import (
    AMONG_OTHERS,
    FOUND_BY_NAME,
    LIMIT,
    OPEN_ACTIONS,
    Runs,
    check_walk,
    faults,
    settings,
)
from stored_rows import ask

ROOT = Path(__file__).parents[2]
THEIRS, OURS, WALKED = "water-theirs", "water-beside", "water-walked"
#: Applications as others have them; what they need comes along.
APPS = (
    "account calendar contacts crm event_sale fleet hr_attendance hr_expense hr_holidays"
    " hr_recruitment hr_skills hr_timesheet im_livechat lunch maintenance mass_mailing mrp_repair"
    " point_of_sale project purchase_stock repair sale_management stock survey website"
    " website_sale base_automation auth_passkey privacy_lookup digest hr_homeworking sms"
    " portal_rating loyalty gamification link_tracker mail_group board attachment_indexation"
    " auth_oauth google_recaptcha website_slides"
).split()
APPS += ["auditlog", "helpdesk_mgmt", "queue_job"]  # of OCA
INSTALLED = "SELECT count(*) FROM ir_module_module WHERE state = 'installed'"
#: their pages and ours, for visitors
PAGES = ("/", "/shop", "/contactus", "/jobs", "/slides", "/web/login", "/my/home")
PAGES += ("/water", "/water/report/inquiry", "/water/outages")
#: Rooms whose own tests pass among others, too: those that others' apps could be in the way of.
ROOMS = (
    "water_service_desk/case",
    "water_service_desk/clock",
    "water_service_desk/inquiry",
    "water_service_desk/mail_gateway",
    "water_complaints/complaint",
    "water_compensation/compensation",
)


@pytest.fixture(scope="module")
def runs(stack, tmp_path_factory):
    """Odoo's commands, with OCA's addons."""
    folder = tmp_path_factory.mktemp("neighbours")
    addons = stack["neighbours"]
    config = settings(stack, folder, [addons], wide=True)
    return Runs(stack, config, str(Path(addons).parents[1]))


@pytest.fixture(scope="module")
def theirs(stack, copied, runs):
    """``(faults that are said, actions that are broken)`` where ours are not; in ``THEIRS``."""
    with copied(THEIRS, stack["base"]):
        said = faults(runs.install(THEIRS, *APPS))
        [[count]] = ask(THEIRS, INSTALLED)
        assert int(count) > 2 * len(APPS)
        found, more = runs.shell(THEIRS, OPEN_ACTIONS)
        yield {*said, *faults(more)}, found["broken"]


def _check(runs, copied, theirs, name):
    """A complaint is handled, all menus work, users of other apps find their rows by a contact;
    no new messages are logged.

    In a copy: scheduled actions commit, and the walk's records would disturb others.
    """
    said, broken = theirs
    with copied(WALKED, name):
        found, more = runs.shell(WALKED, AMONG_OTHERS)
        check_walk(found)
        assert (found["chat"], found["automated"]) == ("Kein Wasser", 1)
        found, still_more = runs.shell(WALKED, OPEN_ACTIONS)
        assert runs.shell(WALKED, FOUND_BY_NAME)[0]["unfound"] == {}
    assert not int(ask(name, "SELECT count(*) FROM res_users WHERE login LIKE 'broad-%'")[0][0])
    assert found["broken"].items() <= broken.items()
    assert {*faults(more), *faults(still_more)} <= said


def _read(url):
    try:
        with urllib.request.urlopen(url, timeout=300) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_ours_come_later(copied, runs, serving, theirs):
    """Installed into a company that has all of it; the pages of all of them open."""
    with copied(OURS, THEIRS):
        assert not {*faults(runs.install(OURS, "water_compensation", "water_quality"))} - theirs[0]
        _check(runs, copied, theirs, OURS)
        ask(OURS, "UPDATE res_company SET water_public_open = true, water_front_open = true")
        with serving([f"--addons-path={runs.addons}"], source=OURS) as server:
            for page in PAGES:
                status, text = _read(f"{server.base_url}{page}")
                assert (status, b"</html>" in text) == (200, True), page
            said = faults(server.log.read_text())
            assert not [fault for fault in said if "water_" in fault]


@pytest.fixture(scope="module")
def beside(copied, runs, theirs):
    """Ours with their demo data first, then the others; returns the output."""
    with copied(OURS):
        yield {*faults(runs.install(OURS, *APPS))}


def test_others_come_later(runs, copied, theirs, beside):
    assert not beside - theirs[0]
    _check(runs, copied, theirs, OURS)


def test_our_own_tests_pass_among_others(stack, runs, beside, tmp_path):
    """Those of rooms that others could be in the way of, as ``bin/test`` runs them."""
    options = [f"--odoo-config={runs.config}", f"--odoo-database={OURS}", "--odoo-http"]
    options += ["-p", "water.files", "-q", "--odoo-log-level=critical", "-p", "no:cacheprovider"]
    rooms = [f"addons/{room}/tests" for room in ROOMS]
    # the run around this one says where its own database is
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [stack["python"], "-m", "pytest", f"--basetemp={tmp_path}", *options, *rooms],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=2 * LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-9000:] + done.stderr[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 300
