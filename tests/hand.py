"""A user at the desk whose actions are counted."""

#: The screen that everything must fit on.
DESK = {"viewport": {"width": 1366, "height": 768}}


class Hand:
    """Acts as a user, and counts all actions except typing.

    ``moves`` are clicks, shortcuts and non-text keys; ``clicks`` leaves out Tab and Enter, which
    lead from one field to the next.
    """

    def __init__(self, page):
        self.page, self.moves, self.clicks = page, 0, 0

    def click(self, what, **options):
        """Click; ``what`` is a selector or a locator."""
        self.moves += 1
        self.clicks += 1
        target = self.page.locator(what) if isinstance(what, str) else what
        target.click(**options)

    def press(self, key):
        """A key, or keys pressed together."""
        self.moves += 1
        self.clicks += key not in ("Tab", "Enter")
        self.page.keyboard.press(key)

    def write(self, text):
        """Type into the focused element."""
        assert self.page.evaluate("document.activeElement.matches('input, textarea')")
        self.page.keyboard.type(text)
