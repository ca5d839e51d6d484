"""Does an agent's acts in a browser and counts what each costs; run with the browser's packages.

Each act is done some times; what is told is half of them. The queries of a request are read from
the server's log, its processor time from repeating the very same request.
"""

import json
import re
import statistics
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright
from processor import family_seconds

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
SCREEN = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN"}
#: A page is at rest when nothing has been asked and nothing has changed for so long, in ms.
QUIET = 400
REST = f"""() => benchWatch.busy === 0
    && performance.now() - benchWatch.last > {QUIET}
    && !document.querySelector(".o_blockUI")"""
REPEATS = 10
#: The form is fetched while a board is looked at, after so many ms at most.
FORM_COMES = 3000
#: Odoo's log of a request: how, queries, seconds in them, the other seconds.
LINE = re.compile(r'"(GET|POST) \S+ HTTP/[\d.]+" \d+ - (\d+) ([\d.]+) ([\d.]+)')
#: side → model, places of its list and its board, title's cell
SIDES = {
    "this": ("water.complaint", "water-complaints", "water-complaints", "subject"),
    "project": ("project.task", "all-tasks", "project/{project}/tasks", "name"),
}
CALL = "/web/dataset/call_kw/{model}/{method}"


class Desk:
    """The browser of one agent; the acts' figures gather in ``found``."""

    def __init__(self, browser, setup):
        self.browser, self.setup, self.found = browser, setup, {}
        self.log = Path(setup["log"]).open()
        self.state = None
        self.page = self._new_page()
        self._sign_in()

    def _new_page(self):
        context = self.browser.new_context(
            base_url=self.setup["host"], storage_state=self.state, **SCREEN
        )
        context.set_default_timeout(60_000)
        context.add_init_script(path=Path(__file__).parent / "desk_watch.js")
        return context.new_page()

    def _sign_in(self):
        self.page.goto("/web/login")
        for name in ("login", "password"):
            self.page.fill(f"input[name={name}]", self.setup["login"])
        self.page.locator("form.oe_login_form button[type=submit]").click()
        self.page.wait_for_url("**/odoo**")
        self.rest()
        self.state = self.page.context.storage_state()

    def rest(self):
        """Wait until the page is at rest; how long that took since the last click, in ms."""
        self.page.wait_for_function(REST, polling=50)
        return self.page.evaluate("benchWatch.last - benchWatch.clicked")

    def goto(self, path):
        """Open a page and let it come to rest."""
        self.page.goto(path)
        self.page.locator(".o_action_manager .o_view_controller").first.wait_for()
        self.rest()

    def _lines(self):
        """The requests that the server has written down since it was asked last."""
        rows = [found.groups() for line in self.log if (found := LINE.search(line))]
        return [(how, int(queries), float(sql) + float(rest)) for how, queries, sql, rest in rows]

    @contextmanager
    def answers(self):
        """The answers that the page gets meanwhile, each with its request."""
        answers, page = [], self.page

        def keep(answer):
            answers.append(answer)

        page.on("response", keep)
        yield answers
        page.remove_listener("response", keep)

    def act(self, name, do, back=None):
        """Do an act some times, once more to warm up; keep its figures.

        :param do: called with the number of the round, ends with the click
        :param back: undoes it, is not counted
        """
        rounds, seconds = [], 0
        for number in range(self.setup["rounds"] + 1):
            self._lines()
            spent = self._processor()
            with self.answers() as answers:
                do(number)
                waited = self.rest()
            spent = self._processor() - spent
            rounds.append(self._round(waited, answers))
            seconds += spent if number else 0
            if back:
                back()
                self.rest()
        kept = rounds[1:]
        row = {key: statistics.median(each[key] for each in kept) for key in kept[0]}
        self.found[name] = {**row, "cpu": 1000 * seconds / len(kept)}
        return answers

    def _processor(self):
        return sum(map(family_seconds, self.setup["pids"]))

    def _round(self, waited, answers):
        lines = self._lines()
        return {
            "ms": waited,
            "calls": sum(how == "POST" for how, *_rest in lines),
            "queries": sum(line[1] for line in lines),
            "server": 1000 * sum(line[2] for line in lines),
            "bytes": sum(_size(answer) for answer in answers),
        }

    def again(self, name, answers, model, method, which=-1):
        """Repeat a request of that kind alone, the last one: queries, processor time, bytes."""
        path = CALL.format(model=model, method=method)
        request = [each.request for each in answers if path in each.url][which]
        self.repeat(name, request.url, request.post_data)

    def repeat(self, name, url, body):
        """Send a request some times; keep its figures, and how long the first one took."""
        self.ask(url, body)
        first = self._lines()[-1][2]
        spent = self._processor()
        for _turn in range(REPEATS):
            answer = self.ask(url, body)
        spent = self._processor() - spent
        lines = self._lines()
        self.found[name] = {
            "calls": 1,
            "queries": statistics.median(line[1] for line in lines),
            "first": 1000 * first,
            "server": 1000 * statistics.median(line[2] for line in lines),
            "cpu": 1000 * spent / REPEATS,
            "bytes": len(answer.body()),
        }

    def ask(self, url, body):
        """Send a call as the web client does; its answer, which must be none of an error."""
        headers = {"Content-Type": "application/json"}
        answer = self.page.context.request.post(url, data=body, headers=headers)
        assert "error" not in answer.json(), answer.text()[:2000]
        return answer

    def call(self, model, method, *args, **kwargs):
        """Result of a method of the server."""
        return self.ask(*_call(model, method, args, kwargs)).json()["result"]


def _call(model, method, args, kwargs):
    told = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    return CALL.format(model=model, method=method), json.dumps({"params": told})


def _size(answer):
    """Bytes of an answer's body; one that has none (a redirect, something kept) has no size."""
    try:
        return len(answer.body())
    except Exception:  # noqa: BLE001 - Playwright has one class for all that may go wrong
        return 0


class Side:
    """The acts in one application."""

    def __init__(self, desk, side):
        self.desk, self.side = desk, side
        self.model, rows, board, self.title = SIDES[side]
        self.rows, self.board = f"/odoo/{rows}", f"/odoo/{board}".format(**desk.setup)

    @property
    def page(self):
        """The page of the browser as it is now."""
        return self.desk.page

    def act(self, name, *how):
        """One act of this side."""
        return self.desk.act(f"{self.side}: {name}", *how)

    def again(self, name, answers, method, which=-1):
        """One request of this side alone."""
        self.desk.again(f"{self.side}: {name}", answers, self.model, method, which)

    def measure(self):
        """All that both sides have."""
        self._views()
        with self.desk.answers() as answers:
            self.desk.goto(f"{self.rows}?view_type=list")
        self.again("list", answers, "web_search_read")
        self._open()
        self._save()
        self._search()
        self._board()

    def _views(self):
        """The views of the board, as a browser gets them that has never been there."""
        self.desk.page.context.close()
        self.desk.page = self.desk._new_page()
        with self.desk.answers() as answers:
            self.desk.goto(self.board)
            self.page.wait_for_timeout(FORM_COMES)
            self.desk.rest()
        self.again("views of the board", answers, "get_views", which=0)
        if len([each for each in answers if "/get_views" in each.url]) > 1:
            self.again("views of its form", answers, "get_views")

    def _click(self, selector, number=0):
        """Click without a mouse, which would rest on the button and have its hint shown."""
        self.page.locator(selector).nth(number).evaluate("node => node.click()")

    def _row(self, number):
        self._click(f".o_data_row .o_data_cell[name={self.title}]", number)

    def _back(self):
        self._click(".o_back_button, .o_breadcrumb a")
        self.page.locator(".o_list_view .o_data_row").first.wait_for()

    def _open(self):
        answers = self.act("open", self._row, self._back)
        self.again("read", answers, "web_read")

    def _save(self):
        self._row(0)
        self.desk.rest()
        title = self.page.locator(f".o_form_view .o_field_widget[name={self.title}]").first
        field = title.locator("input, textarea").first
        self.page.wait_for_timeout(500)

        def save(number):
            field.fill(f"水费异常 {number}")
            self._click(".o_form_button_save")

        self.act("save", save)
        self._back()
        self.desk.rest()

    def _board(self):
        def look(_number):
            self._click(".o_switch_view.o_kanban")

        def back():
            self._click(".o_switch_view.o_list")
            self.page.locator(".o_list_view").first.wait_for()

        self.desk.goto(f"{self.board}?view_type=list")
        answers = self.act("board", look, back)
        self.again("columns of the board", answers, "web_read_group")

    def _search(self):
        """All cases are looked through for words of a title."""
        for _facet in range(self.page.locator(".o_facet_remove").count()):
            self._click(".o_facet_remove")
            self.desk.rest()

        def look(number):
            self.page.locator(".o_searchview_input").fill(f"异常 {number + 1}23")
            self.page.locator(".o_searchview_autocomplete").wait_for()  # what Enter chooses from
            self.page.locator(".o_searchview_input").press("Enter")

        def back():
            self._click(".o_facet_remove")

        answers = self.act("search of all", look, back)
        self.again("search of all, alone", answers, "web_search_read")


def _ours_alone(desk):
    """What project has nothing like: the duty board, and a look at a letter."""
    with desk.answers() as answers:
        desk.goto("/odoo/water-duty-board")
    desk.again("this: duty board", answers, "water.deadline", "duty_board")
    found = desk.call("water.complaint", "search", [["state", "=", "handling"]], limit=1)
    context = desk.call("water.complaint", "action_letter", found)["context"]
    wizards = desk.call("water.notice.wizard", "create", [{}], context=context)
    look = _call("water.notice.wizard", "action_preview", [wizards], {"context": context})
    desk.repeat("this: letter", *look)


def main():
    setup = json.loads(Path(sys.argv[1]).read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=setup["chromium"], args=OPTIONS)
        desk = Desk(browser, setup)
        for side in SIDES:
            Side(desk, side).measure()
        _ours_alone(desk)
        browser.close()
    Path(setup["out"]).write_text(json.dumps(desk.found))


if __name__ == "__main__":
    main()
