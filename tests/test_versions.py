"""A program that was started before the tables were upgraded, as after ``git pull`` alone."""

from test_outage import Person
from visitor import NO_LIMITS

SERVER_SQL = NO_LIMITS


def test_a_new_program_on_old_tables(server, query):
    """Users see no errors but a notice of some minutes, and the log says what to do."""
    person = Person(server.base_url)
    person.sign_in("zhangwei")
    version = "latest_version = '19.0.0.0.1'"
    query(f"UPDATE ir_module_module SET {version} WHERE name = 'water_service_desk'")
    query("ALTER TABLE water_inquiry RENAME COLUMN subject TO subject_old")
    query("ALTER TABLE res_company RENAME COLUMN water_hotline TO water_hotline_old")
    for path in ("/water/report", "/my/complaints", "/my", "/web/login"):
        status, headers, text = person.ask(path)
        assert (status, headers["Retry-After"]) == (503, "5"), (path, text[-2000:])
        assert "系统正在升级" in text
    assert "odoo -u water_service_desk" in server.log.read_text()
    query("ALTER TABLE res_company RENAME COLUMN water_hotline_old TO water_hotline")
    query("ALTER TABLE water_inquiry RENAME COLUMN subject_old TO subject")
    assert person.ask("/water/report")[0] == 503
    assert person.ask("/web/session/logout")[0] in (200, 303)
