"""A company elsewhere: Odoo without demo data, in Germany, in EUR."""

import pytest
from runs import AMONG_OTHERS, OPEN_ACTIONS, Runs, check_walk, faults, settings
from stored_rows import ask

NAME = "water-abroad"
#: Before any other app is there, as when a company is set up.
BERLIN = """
company = env.ref("base.main_company")
german = env["res.lang"]._activate_lang("de_DE")
company.write({"name": "Wasser", "country_id": env.ref("base.de").id})
company.currency_id = env.ref("base.EUR")
company.partner_id.write({"city": "Berlin", "tz": "Europe/Berlin", "lang": "de_DE"})
env["res.users"].search([]).partner_id.write({"tz": "Europe/Berlin", "lang": "de_DE"})
env.cr.commit()
print("RESULT", "null")
"""
HOURS = """
import json
calendars = env["resource.calendar"].search([]).sorted("id")
calendars.tz = "Europe/Berlin"
env.cr.commit()
names = [("model", "=", "resource.calendar"), ("module", "like", "water%")]
ours = env["ir.model.data"].search(names)
calendars -= calendars.browse(ours.mapped("res_id"))
from datetime import datetime
import pytz
zone = pytz.timezone("Europe/Berlin")
# from before China's new year of 2026 until after its national day: no day of theirs is a holiday
year = zone.localize(datetime(2026, 2, 1)), zone.localize(datetime(2026, 10, 31))
hours = {c.name: c.get_work_hours_count(*year) for c in calendars}
print("RESULT", json.dumps(hours))
"""
#: Days of others, which ours leave as they were.
LEAVES = "SELECT count(*) FROM resource_calendar_leaves"


@pytest.fixture(scope="module")
def abroad(stack, copied, tmp_path_factory):
    """``(commands, messages, hours of work before)``: calendars were there before ours."""
    runs = Runs(stack, settings(stack, tmp_path_factory.mktemp("abroad"), wide=True))
    with copied(NAME, "template0"):
        runs.install(NAME, "base")
        runs.shell(NAME, BERLIN)
        runs.install(NAME, "account", "hr_holidays")
        before = runs.shell(NAME, HOURS)[0], ask(NAME, LEAVES)
        said = runs.install(NAME, "water_compensation", "water_quality")
        yield runs, said, before


def test_installs_without_a_word(abroad):
    """No warning, no demo data, no day of China."""
    _runs, said, _before = abroad
    assert faults(said) == []
    for table in ("water_complaint", "water_inquiry", "water_account", "water_calendar_day"):
        assert ask(NAME, f"SELECT count(*) FROM {table}") == [["0"]], table


def test_calendars_of_others_stay(abroad):
    """As many hours of work, and no leave more, than before."""
    runs, _said, before = abroad
    assert (runs.shell(NAME, HOURS)[0], ask(NAME, LEAVES)) == before


def test_a_complaint_goes_its_way(abroad):
    """Berlin time and phone numbers, euros, and an English letter for German readers."""
    runs, _said, _before = abroad
    found, said = runs.shell(NAME, AMONG_OTHERS)
    check_walk(found)
    assert faults(said) == []
    assert (found["zone"], found["currency"]) == ("Europe/Berlin", "EUR")
    assert found["phone"] == "+49301234567"
    assert {"company", "hotline", "people", "departments"} <= set(found["open"])


def test_menus_lead_somewhere(abroad):
    runs, _said, _before = abroad
    found, said = runs.shell(NAME, OPEN_ACTIONS)
    assert (found["broken"], faults(said)) == ({}, [])
    assert found["count"] > 60
