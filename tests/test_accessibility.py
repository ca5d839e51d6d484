"""All customers can use the pages: by keyboard, screen reader or phone.

A customer with one case in every state visits every page of the portal, and a visitor every public
page, with steps and refused forms, in both languages. axe-core checks each page as phone (390 px)
and desktop (1280 px): nothing serious or critical, no horizontal scrolling, unique ids. By
keyboard, Tab reaches and shows every control, and a refused form leads to the error.
"""

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest
from accessible_outsiders import WATCHING, look_at_outsiders
from accessible_rows import ALL_HIS, GATEWAY, MATERIALS
from axe_playwright_python.base import AXE_SCRIPT

ADDONS = Path(__file__).parents[1] / "addons"
WIDTHS = (390, 1280)
LANGUAGES = {"zh_CN": "", "en_US": "/en"}
#: axe takes its time: each language has one width of its own, so that each page is looked at in
#: either language and in either width. With WATER_AXE=all every rule is asked everywhere, and a
#: case in every state: some minutes.
ALL = os.environ.get("WATER_AXE") == "all"
WIDTH = {"zh_CN": 390, "en_US": 1280}
CUSTOMER = "zhangwei"
#: Not pages: files, and addresses that do something and lead on to a page, refusals too.
NO_PAGES = {"_calendar", "_file", "_letter", "_send", "_code", "_leave", "_link", "delegate_action"}
NO_PAGES |= {f"{kind}_action" for kind in ("complaint", "inquiry", "request", "track")}
NO_PAGES |= {"complaint_answer", "complaint_appeal", "request_material", "track_lost"}
NO_PAGES |= {"report_follow", "outage_affected", "outage_stop", "outages_near"}
NO_PAGES |= {"outages_json", "outages_atom", "own_bind", "own_phone"}
NO_PAGES |= {"app_manifest", "app_worker", "guide_form"}
LISTS = {
    "/my/inquiries": "category",
    "/my/requests": "month",
    "/my/complaints": "state",
    "/my/compensations": "payment",
}
#: The states whose pages differ from each other.
TELLING = {
    "complaints": {"registered", "notified", "archived", "merged"},
    "inquiries": {"answered", "closed"},
    "requests": {"notified", "processing", "feedback", "rejected", "closed"},
}
#: Forms of the page of a case that are refused when they are sent empty.
CASE_FORMS = (
    "message",
    "callback",
    "unsettled",
    "confirm",
    "contest",
    "appeal",
    "rate",
    "material",
)
#: folder for screenshots of every page, width and language
PICTURES = os.environ.get("WATER_PICTURES")
SCRIPT = AXE_SCRIPT + Path(__file__).with_name("accessibility.js").read_text()


class Walk:
    """A visitor of the pages, and the findings."""

    def __init__(self, page, language):
        self.page, self.prefix, self.language = page, LANGUAGES[language], language
        self.findings, self.visited = {}, set()

    def note(self, faults, width="", name=""):
        """Record the faults of the page as shown."""
        where = f"{self._path()} {name} {width}".strip()
        for fault in faults:
            self.findings.setdefault(fault, []).append(where)

    def _path(self):
        return re.sub(r"^(?:https?://[^/]+)(?:/en(?=/|$))?", "", self.page.url)

    def open(self, path, name=""):
        """Open a page and look at it."""
        self.page.goto(self.prefix + path)
        self.look(name)

    def look(self, name="", refused=False):
        """Look at the open page in both widths."""
        self.visited.add(self._path().partition("?")[0])
        self.page.evaluate(SCRIPT)
        if refused:
            self.note(self.page.evaluate("water.errors()"), name=name)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.note(self.page.evaluate("water.layout()"), width, name)
            if ALL or WIDTH[self.language] == width:
                self.note(self.page.evaluate("water.grave()"), width, name)
            self._picture(width, name)

    def _picture(self, width, name):
        if PICTURES:
            where = f"{len(self.visited):03}{self._path()} {name}".strip()
            file = re.sub(r"[^\w=?-]+", "_", f"{self.language} {where} {width}") + ".png"
            self.page.screenshot(path=Path(PICTURES) / file[-150:], full_page=True)

    def send(self, form, name=""):
        """Submit a form as it is, without browser validation, and check the answer."""
        with self.page.expect_navigation():
            self.page.evaluate("form => document.querySelector(form).submit()", form)
        self.look_refused(name)

    def look_refused(self, name="refused"):
        """Look at a refused form, once the page's own script has led to the faults."""
        if self.page.locator("#water_errors").count():
            self.page.wait_for_function("document.activeElement.id === 'water_errors'")
        self.look(name, refused=True)

    def tab(self):
        """Go through the open page by the Tab key alone."""
        self.page.evaluate(SCRIPT)
        for _press in range(self.page.evaluate("water.watch()")):
            self.page.keyboard.press("Tab")
        self.note(self.page.evaluate("water.focusFaults()"), name="by keyboard")


@pytest.fixture(scope="module")
def everything(server):
    """Give one customer a case in every state, and tell where they are: {model: ids}."""

    def run(statement):
        command = ["psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", server.db]
        done = subprocess.run([*command, "-c", statement], check=True, capture_output=True)
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    ((me,),) = run(f"SELECT partner_id FROM res_users WHERE login = '{CUSTOMER}'")
    run((ALL_HIS + MATERIALS + WATCHING).format(me=me))
    urls = {"complaints": "water_complaint", "inquiries": "water_inquiry"}
    urls["requests"] = "water_request"
    pages = {
        (name, state): f"/my/{name}/{row}"
        for name, table in urls.items()
        for row, state in run(
            f"SELECT min(id), state FROM {table} WHERE partner_id = {me} GROUP BY state"
        )
    }
    bills = run(f"SELECT move_id FROM water_compensation WHERE partner_id = {me} AND move_id > 0")
    return {"cases": pages, "bill": f"/my/invoices/{bills[0][0]}", "run": run}


@pytest.fixture(scope="module")
def walks():
    """Findings and visited pages of all walks."""
    return []


def _begin(page, language, walks):
    walks.append(Walk(page, language))
    return walks[-1]


def _tell(findings):
    return "\n".join(
        f"\n  {fault}\n        on {len(pages)} pages: {', '.join(pages[:4])}"
        for fault, pages in findings.items()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_customer(language, everything, sign_in, walks):
    """The portal: home, lists, every form with its refusal, a case in every state."""
    walk = _begin(sign_in(CUSTOMER), language, walks)
    walk.page.goto(f"{walk.prefix}/my/home")
    walk.page.locator(".o_portal_doc_spinner").wait_for(state="detached")
    walk.look()
    walk.open("/my/water/new")
    for path, group in LISTS.items():
        walk.open(f"{path}?groupby={group}")
    walk.open("/my/complaints/page/2?sortby=oldest")
    walk.open("/my/inquiries?search=没有的词")
    walk.open(everything["bill"])
    _look_at_the_rest(walk)
    look_at_outsiders(walk)
    _fill_in(walk)
    for (kind, state), path in everything["cases"].items():
        if ALL or state in TELLING[kind]:
            _look_at_case(walk, path, state)
    assert not walk.findings, _tell(walk.findings)


def _look_at_case(walk, path, state):
    walk.page.goto(walk.prefix + path)
    forms = [name for name in CASE_FORMS if name not in walk.visited]
    forms = [name for name in forms if walk.page.locator(f"form[action$='/{name}']").count()]
    walk.visited.update(forms)
    for name in forms:
        walk.send(f"form[action$='/{name}']", f"{state}, refused: {name}")
    if not forms:
        walk.look(state)


def _look_at_the_rest(walk):
    """Appointments and who may see and hear of what, each with its forms refused."""
    page = walk.page
    walk.open("/my/appointments?show=past")
    walk.open("/my/appointments")
    page.locator("main a[href*='/my/appointments/']").first.click()
    page.locator(".o_water_case").wait_for()
    walk.look("as it is")
    for name in ("move", "cancel"):
        walk.send(f"form[action$='/{name}']", "refused")
    walk.open("/my/notifications")
    page.fill("#quiet_from", "22:00")
    walk.send("form[action$='/notifications']", "refused")
    walk.open("/my/delegates")
    walk.send("form[action$='/invite']", "refused")
    walk.open("/my/delegates/accept/nothing")
    walk.open("/my/accounts")
    page.locator("main a[href*='/my/accounts/']").first.click()
    page.locator("#water_bills").wait_for()
    walk.look()
    walk.open("/my/accounts")
    walk.send("form[action$='/bind']", "refused")


def _fill_in(walk):
    """Each form refused; the complaint then read back."""
    page = walk.page
    for path in ("/my/inquiries/new", "/my/requests/new?type=business", "/my/complaints/new"):
        walk.open(path)
        page.locator(".o_water_family summary").first.click()
        page.locator(".o_water_family[open] a").first.click()
        page.locator(".o_water_public_form").wait_for()
        walk.look("empty")
        walk.send(".o_water_public_form", "refused")
    page.fill("#description", "龙头流出黄水")
    page.fill("#occurred_at", "2026-03-01T10:30")
    page.locator("input[name=account_id]").first.check()
    page.fill("#demand", "请来检查")
    page.locator(".o_water_public_form button[type=submit]").click()
    page.locator(".o_water_review").wait_for()
    walk.look("read back")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_without_an_account(language, browser, server, query, everything, walks):
    """The public page from the choice to the printed number, and the case followed with it."""
    context = browser.new_context(base_url=server.base_url, locale="zh-CN")
    walk = _begin(context.new_page(), language, walks)
    query("DELETE FROM water_attempt")  # both languages come from one address
    ((article,),) = query(
        "SELECT min(id) FROM water_article WHERE is_published AND customer_text IS NOT NULL"
    )
    ((guide,),) = query("SELECT min(id) FROM water_guide WHERE state = 'in_force'")
    ((outage,),) = query("SELECT min(id) FROM water_incident WHERE state = 'open'")
    for path in ("/water", "/water/report", "/water/report?q=水发黄", "/water/report/repair"):
        walk.open(path)
    for path in ("/water/answers", f"/water/answers/{article}", f"/water/guides/{guide}"):
        walk.open(path)
    paths = ["/water/privacy", "/water/outages", "/water/outages?q=x", "/water/nothing"]
    paths.append("/water/satisfaction")
    for path in (*paths, "/water/offline", "/water/letter", "/water/letter?code=AAAABBBBCCCC"):
        walk.open(path)
    query(GATEWAY)  # needed for sign-in by text message
    walk.open("/water/sign-in")
    walk.open(f"/water/outages/{outage}")
    number, code = _file(walk, query)
    walk.open("/water/track")
    page = walk.page
    for typed in ("AAAA-AAAA", code):
        page.fill("#number", number)
        page.fill("#code", typed)
        if typed == code:
            page.locator(".o_water_track button").click()
            page.locator(".o_water_case").wait_for()
            walk.look("opened")
        else:
            walk.send(".o_water_track", "refused")
    walk.send("form[action$='/message']", "refused")
    walk.open("/water/report/check/nothing")
    walk.open("/water/track/link/nothing")
    _too_large(walk, everything)
    context.close()
    assert not walk.findings, _tell(walk.findings)


def _file(walk, query):
    """Fill in a complaint without a name, look at each step, and return number and code."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'ST02'")
    walk.open(f"/water/report/complaint?category={category}")
    page = walk.page
    page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    walk.send(".o_water_public_form", "refused")
    page.fill("#description", "窗口推来推去，没有人管。")
    page.fill("#occurred_at", "2026-03-01T10:30")
    page.fill("#demand", "请给一个说法")
    page.fill("#address", "营业厅 3 号窗口")
    page.check("#is_anonymous")
    page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(".o_water_public_form button[type=submit]").click()
    page.locator(".o_water_check").wait_for()
    walk.look()
    page.locator(".o_water_check button[type=submit]").click()
    page.locator(".o_water_code").wait_for()
    walk.look()
    number, code = page.locator(".o_water_number").all_inner_texts()
    page.goto(f"{walk.prefix}/water/report/done")
    walk.look("code not shown again")
    return number, code


def _too_large(walk, everything):
    """More than the company takes at once is refused with a page of its own."""
    run = everything["run"]
    run("UPDATE res_company SET water_upload_max_files = 1, water_upload_max_mb = 1")
    walk.page.goto(f"{walk.prefix}/water/report/inquiry")
    walk.page.locator(".o_water_family summary").first.click()
    walk.page.locator(".o_water_family[open] a").first.click()
    large = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 3 * 2**20}
    walk.page.set_input_files("#files", large)
    with walk.page.expect_navigation():
        walk.page.evaluate("document.querySelector('.o_water_public_form').submit()")
    walk.look("too large")
    run("UPDATE res_company SET water_upload_max_files = 10, water_upload_max_mb = 10")


def test_dark_pages(everything, sign_in):
    """In dark mode all text is readable, with and without a login."""
    page = sign_in(CUSTOMER, color_scheme="dark", viewport={"width": 390, "height": 900})
    walk = Walk(page, "zh_CN")
    paths = ["/water", "/water/report", "/water/outages", "/water/answers", "/water/track"]
    paths += ["/water/report/complaint", "/my/accounts", "/my/delegates", "/my/water/new"]
    paths += ["/my/appointments", "/my/complaints?groupby=state", "/my/notifications"]
    paths += [everything["cases"]["complaints", "notified"]]
    paths += [everything["cases"]["requests", "processing"]]
    for path in paths:
        page.goto(path)
        page.evaluate(SCRIPT)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        walk.note(page.evaluate("options => water.grave(options)", {}))
        assert ground != "rgb(255, 255, 255)", path
    assert not walk.findings, _tell(walk.findings)


def test_keyboard_only(everything, sign_in, walks):
    """Every control of every kind of page is reached by Tab, and it can be seen where one is."""
    walk = _begin(sign_in(CUSTOMER, viewport={"width": 1280, "height": 900}), "zh_CN", walks)
    walk.page.emulate_media(reduced_motion="reduce")
    telling = [("complaints", "notified"), ("inquiries", "answered"), ("requests", "notified")]
    telling += [("requests", "feedback"), ("requests", "processing")]
    paths = ["/my/home", "/my/water/new", "/my/complaints?groupby=state", "/my/compensations"]
    paths += [
        "/my/complaints/new",
        "/my/requests/new",
        *(everything["cases"][one] for one in telling),
    ]
    paths += ["/water/report", "/water/report/complaint", "/water/track"]
    for path in paths:
        walk.page.goto(path)
        walk.page.wait_for_load_state("networkidle")
        walk.tab()
    assert not walk.findings, _tell(walk.findings)


def _routes():
    """The addresses of all pages of the addons, as the code of the controllers gives them."""
    for path in ADDONS.glob("water_*/*/controllers/*.py"):
        tree = ast.parse(path.read_text())
        # of the page itself, and of the models of its room
        words = {
            node.targets[0].id: node.value.value
            for source in (*path.parents[1].glob("models/*.py"), path)
            for node in ast.parse(source.read_text()).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            for call in getattr(node, "decorator_list", ()):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "route":
                    yield from _addresses(node.name, call, words)


def _addresses(name, call, words):
    options = {key.arg: key.value for key in call.keywords}
    posts = [item.value for item in getattr(options.get("methods"), "elts", ())]
    if "website" not in options or posts == ["POST"] or any(map(name.endswith, NO_PAGES)):
        return
    code = compile(ast.Expression(call.args[0]), "route", "eval")
    found = eval(code, {"__builtins__": {}}, words)  # noqa: S307 - a text of our own code
    yield from [found] if isinstance(found, str) else found


def test_no_page_was_left_out(walks):
    """Every page that the controllers offer has been visited on the walks above."""
    visited = {path for walk in walks for path in walk.visited}
    pages = {route.removesuffix("/page/<int:page>") for route in _routes()}
    patterns = {route: re.sub(r"<[^>]+>", "[^/]+", route) for route in pages}
    assert len(patterns) > 20, patterns
    seen = {route for route in pages if any(re.fullmatch(patterns[route], p) for p in visited)}
    assert not pages - seen, pages - seen
