"""Turn the HTML of a report into PDF pages, in process and without a network.

Independent of Odoo. It cuts a report into body, header and footer and lays the pages out with
WeasyPrint. The caller passes the function that reads a resource, so that access is decided in one
place.
"""

import html as html_escape
import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from string import Template

import lxml.html

from . import pdf_fonts
from .pdf_html import parse
from .pdf_limit import within
from .pdf_source import RefusedUrl

_logger = logging.getLogger(__name__)

OLDEST_VERSION = 70
PX_PER_MM = 96 / 25.4
# Stylesheets are cached for all databases of a process, so they can't use a database's address.
INTERNAL_ORIGIN = "http://report.invalid"
# One Han character is drawn differently in each of these; the language picks the right shape.
FONTS = {
    "zh-TW": "Noto Sans CJK TC",
    "zh-HK": "Noto Sans CJK HK",
    "ja": "Noto Sans CJK JP",
    "ko": "Noto Sans CJK KR",
}
DEFAULT_FONT = "Noto Sans CJK SC"
HAN_LANGUAGES = ("zh", "ja", "ko")
#: The small edition of the default font, and the full one for what that lacks.
SMALL_FONT = f"{DEFAULT_FONT} Small"
#: Documents that share cached fonts; then the cache is emptied.
RENDERINGS = 200
#: Most seconds of the processor for one document: enough for hundreds of pages.
SECONDS = 60
#: Most memory growth for one document: a letter of a hundred pages with pictures needs a fifth of
#: it.
BYTES = 512 << 20

# External content of a header.
_LOADED = re.compile(
    r"""\bsrc=(?!["']?data:)|<(?!a\b)\w++[^<>]*\shref=|url\((?!["']?data:)""", re.IGNORECASE
)

# Bootstrap alone makes it report hundreds of properties that paper has no use for.
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
logging.getLogger("weasyprint.progress").setLevel(logging.CRITICAL)
try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse
except (ImportError, OSError) as error:
    # OSError: the Python package is there, the Pango library isn't.
    _logger.info("WeasyPrint can't be used: %s", error)
    weasyprint = None
    URLFetcher = FontConfiguration = object
else:
    if int(weasyprint.__version__.split(".")[0]) < OLDEST_VERSION:
        _logger.warning("WeasyPrint %s is too old for reports.", weasyprint.__version__)
        weasyprint = None

PAGE_CSS = Template("""
@page {
    size: ${width}mm ${height}mm;
    margin: ${top}mm ${right}mm ${bottom}mm ${left}mm;
    @top-left { content: element(page-header); width: 100%; vertical-align: top }
    @bottom-left { content: element(page-footer); width: 100%; vertical-align: bottom }
}
.page-header { position: running(page-header); padding-top: ${header_offset}mm !important }
.page-header { border-bottom: ${rule} !important }
.page-footer { position: running(page-footer) }
span.page::before { content: counter(page) }
span.topage::before { content: counter(pages) }
""")
MEASURE_CSS = Template("""
@page { size: ${width}mm 2000mm; margin: 0 ${right}mm 0 ${left}mm }
.page-header { padding-top: ${header_offset}mm !important }
""")
COMMON_CSS = Template("""
html, body { height: auto !important; overflow: visible !important; background: none }
body, .page-header, .page-footer { font-family: ${font}, sans-serif }
.page-header, .page-footer { height: auto !important }
tr, img { break-inside: avoid }
h1, h2, h3, h4, h5, h6 { break-after: avoid }
""")
# The fonts a company can choose have no Han characters: beside them, Latin letters and digits
# would come from one font and the rest from another.
HAN_CSS = Template(
    COMMON_CSS.template
    + """
[class*='o_company_'], [class*='o_company_'] table { font-family: ${font} !important }
"""
)


#: For our reports: layouts such as DIN 5008 hide titles in the text, since they set one above it.
TITLES_CSS = ".page h1, .page h2 { display: block !important }"
FACE_CSS = Template("""
@font-face { font-family: '${family}'; font-weight: ${weight}; src: url(${weight}) }
""")


def available():
    """Say whether this process can lay out pages.

    :return: True when WeasyPrint in a usable version and its libraries are there.
    """
    return weasyprint is not None


@dataclass(frozen=True)
class Sheet:
    """Size and margins of the paper, all in millimetres.

    ``top`` and ``bottom`` are the least margins: a header or footer that needs more room gets it.
    """

    width: float = 210
    height: float = 297
    top: float = 48
    right: float = 0
    bottom: float = 28
    left: float = 0
    header_offset: float = 0
    header_line: bool = False


@dataclass
class Document:
    """One document to lay out: the parts of its HTML, and the stylesheets it links to."""

    body: str
    css_class: str = ""
    direction: str = "ltr"
    lang: str = "zh-CN"
    title: str = ""
    header: str = ""
    footer: str = ""
    record: tuple = (None, 0)
    links: list = field(default_factory=list)
    styles: list = field(default_factory=list)


def split_body(html):
    """Cut one body of a report, as Odoo's minimal layout wraps it, into its parts.

    :param str html: a whole HTML document.
    :return: Document without title, header and footer; ``lang`` is empty if the article
        names none.
    :raises ValueError: if there is no document in it.
    """
    root = parse(html)
    body = root.find("body")
    if body is None:
        raise ValueError("a report without a body")
    article = next(iter(body.find_class("article")), body)
    return Document(
        body=_inner(body),
        css_class=body.get("class", ""),
        direction=body.get("dir", "ltr"),
        lang=article.get("data-oe-lang", "").replace("_", "-"),
        record=(article.get("data-oe-model"), _plain_int(article.get("data-oe-id"))),
        links=[link.get("href", "") for link in root.xpath("head/link[@rel='stylesheet']")],
        styles=[style.text or "" for style in root.xpath("head/style")],
    )


def split_strip(html, ident):
    """List the headers, or footers, of all documents of a report.

    :param str html: the document that holds them, may be empty.
    :param str ident: ``id`` of the element around them.
    :return: the HTML of each, in the order of the documents.
    """
    if not html:
        return []
    found = parse(html).xpath("//*[@id=$ident]", ident=ident)
    return [lxml.html.tostring(child, encoding="unicode") for node in found for child in node]


def _inner(node):
    children = (lxml.html.tostring(child, encoding="unicode") for child in node)
    return html_escape.escape(node.text or "") + "".join(children)


def _plain_int(text):
    return int(text) if (text or "").isdecimal() else 0


class Fetcher(URLFetcher):
    """Give WeasyPrint resources from ``data:`` URLs and from one function only.

    :param callable read: takes a URL, returns (bytes, media type); an error means "leave it out".
    :param tuple fatal: errors of ``read`` that must stop the rendering instead.
    """

    def __init__(self, read, fatal=()):
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.error = None
        self._read = read
        self._fatal = fatal

    def fetch(self, url, headers=None):
        """Return the resource a URL names (called by WeasyPrint)."""
        if url[:5].lower() == "data:":
            return super().fetch(url)
        try:
            content, mimetype = self._read(url)
        except self._fatal as error:
            self.error = error
            raise weasyprint.urls.FatalURLFetchingError(str(error)) from error
        return URLFetcherResponse(url, content, {"Content-Type": mimetype})


def _refuse(url):
    raise RefusedUrl("a stylesheet may not load another one")


class Fonts(FontConfiguration):
    """Cached facts about the machine's fonts, which take as long to collect as a letter."""

    def __init__(self):
        super().__init__()
        self.renderings = 0
        files = pdf_fonts.small()
        fetcher = Fetcher(lambda url: (files[url.rpartition("/")[2]], "font/otf"))
        faces = (FACE_CSS.substitute(family=SMALL_FONT, weight=weight) for weight in files)
        weasyprint.CSS(
            string="".join(faces), base_url=INTERNAL_ORIGIN, url_fetcher=fetcher, font_config=self
        )
        self.changed = False

    def add_font_face(self, *args):
        """Add a font that a document brings (called by WeasyPrint): others shall not have it."""
        self.changed = True
        return super().add_font_face(*args)


_idle_fonts = []


@contextmanager
def lent_fonts():
    """Lend the font cache to one document at a time: it is not thread-safe.

    After an error it is discarded.
    """
    try:
        fonts = _idle_fonts.pop()
    except IndexError:
        fonts = Fonts()
    yield fonts
    fonts.renderings += 1
    if fonts.renderings < RENDERINGS and not fonts.changed:
        _idle_fonts.append(fonts)


@lru_cache(maxsize=32)
def stylesheet(text):
    """Parse a stylesheet; the costly part of a rendering, so it is kept.

    Fonts it declares are left out (those of the system are used), imports are refused.

    :param str text: CSS.
    :return: a ``weasyprint.CSS`` to be handed to :func:`render`.
    """
    return weasyprint.CSS(string=text, base_url=INTERNAL_ORIGIN, url_fetcher=Fetcher(_refuse))


def render(document, sheet, stylesheets, fetcher, base_url=INTERNAL_ORIGIN):
    """Lay out one document.

    :param Document document: what to print.
    :param Sheet sheet: paper and least margins, in millimetres.
    :param list stylesheets: of :func:`stylesheet`.
    :param Fetcher fetcher: gives the images.
    :param str base_url: address that relative links of the document start from.
    :return: the PDF, bytes.
    :raises Exception: what ``fetcher`` calls fatal, unchanged.
    :raises TooLongError: for a document that takes more than :data:`SECONDS` or :data:`BYTES`.
    """
    try:
        with within(SECONDS, BYTES):
            return _layout(document, sheet, stylesheets, fetcher, base_url)
    except BaseException as error:
        if fetcher.error is not None:
            raise fetcher.error from error
        raise


def _layout(document, sheet, stylesheets, fetcher, base_url):
    header = _strip_height(document, "header", sheet, stylesheets, fetcher)
    footer = _strip_height(document, "footer", sheet, stylesheets, fetcher)
    values = {
        **vars(sheet),
        "top": max(sheet.top, header),
        "bottom": max(sheet.bottom, footer),
        "rule": "1px solid #000" if sheet.header_line else "none",
    }
    strips = _strip(document, "header") + _strip(document, "footer")
    html = _html(document, strips + document.body)
    source = weasyprint.HTML(string=html, base_url=base_url, url_fetcher=fetcher)
    sheets = [*stylesheets, _common_css(document.lang), _css(PAGE_CSS, values)]
    with lent_fonts() as fonts:
        return source.write_pdf(stylesheets=sheets, font_config=fonts)


def _strip_height(document, name, sheet, stylesheets, fetcher):
    """Measure the millimetres a header or footer takes, with some air beside it.

    Neither gets more than 45 % of the page, or no line of text would fit between them.
    """
    strip = _strip(document, name)
    if not strip:
        return 0
    html = _html(
        replace(document, title=""), f"{strip}<div id='strip-end' style='clear: both'>.</div>"
    )
    css = (*stylesheets, _common_css(document.lang), _css(MEASURE_CSS, vars(sheet)))
    if _LOADED.search(strip):  # a picture that may be another one the next time
        return _measure(html, css, sheet.height, fetcher)
    return _known_height(html, css, sheet.height)


@lru_cache(maxsize=64)
def _known_height(html, css, page_height):
    """Return the measured height of a header or footer, cached: a company's letters share them."""
    return _measure(html, css, page_height, Fetcher(_refuse))


def _measure(html, css, page_height, fetcher):
    source = weasyprint.HTML(string=html, base_url=INTERNAL_ORIGIN, url_fetcher=fetcher)
    with lent_fonts() as fonts:
        page = source.render(stylesheets=list(css), font_config=fonts).pages[0]
    return min(round(page.anchors["strip-end"][1] / PX_PER_MM + 4, 1), page_height * 0.45)


def _strip(document, name):
    content = getattr(document, name)
    if not content:
        return ""
    css_class = html_escape.escape(document.css_class)
    return f'<div class="page-{name} {css_class}">{content}</div>'


def _html(document, inner):
    lang, direction, css_class, title = (
        html_escape.escape(value)
        for value in (document.lang, document.direction, document.css_class, document.title)
    )
    styles = "".join(f"<style>{style}</style>" for style in document.styles)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'{styles}</head><body class="{css_class}" dir="{direction}">{inner}</body></html>'
    )


def han_font(lang):
    """Name the font whose Han characters have the shapes of a language.

    :param str lang: with a hyphen, such as ``zh-HK``.
    """
    return FONTS.get(lang) or FONTS.get(lang.partition("-")[0]) or DEFAULT_FONT


def _common_css(lang):
    family = lang.partition("-")[0]
    font = han_font(lang)
    names = f"'{SMALL_FONT}', '{font}'" if font == DEFAULT_FONT else f"'{font}'"
    return _css(HAN_CSS if family in HAN_LANGUAGES else COMMON_CSS, {"font": names})


def _css(template, values):
    return stylesheet(template.substitute(values))
