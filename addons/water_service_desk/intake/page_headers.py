"""Security headers of pages for customers and strangers."""

import base64
import hashlib

#: Odoo's handler of scripts that fail to load; the only one allowed in a tag.
HANDLER = "__odooAssetError=1"
_HANDLER_HASH = base64.b64encode(hashlib.sha256(HANDLER.encode()).digest()).decode()
#: Owl compiles its templates in the browser, hence unsafe-eval; inline scripts need the nonce.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'nonce-{nonce}'"
    f" 'unsafe-hashes' 'sha256-{_HANDLER_HASH}';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
#: Content that Odoo's website app loads for fonts not stored locally.
FONTS = {"style-src": "https://fonts.googleapis.com", "font-src": "https://fonts.gstatic.com"}
#: A stranger's file is no page: nothing in it runs.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"


def protect_page(response, nonce):
    """Set the security headers of a page.

    :param response: the response to be sent
    :param nonce: word that the inline scripts of this very page carry
    """
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # what one person has typed or read must not come back to the next one at a shared computer
    response.headers["Cache-Control"] = "no-store"
    return response


def let_frame(response, origins):
    """Let pages of ``origins`` hold this one in a frame, besides our own."""
    policy = response.headers["Content-Security-Policy"]
    frames = " ".join(("frame-ancestors 'self'", *origins))
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'self'", frames)
    return response


def let_load(response, origin):
    """Let this page show pictures of ``origin``, besides our own; it learns of no path of ours."""
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace("blob:;", f"blob: {origin};", 1)
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def let_fonts(response):
    """Let this page load the fonts of the site around it, which its owner has chosen from Google's.

    The site's other pages load them as well; of this one no address is told.
    """
    policy = response.headers["Content-Security-Policy"]
    for kind, origin in FONTS.items():
        policy = policy.replace(f"{kind} 'self'", f"{kind} 'self' {origin}", 1)
    response.headers["Content-Security-Policy"] = policy
    return response


def protect_any(response, secure):
    """Set the headers of every answer to a browser, unless it has its own.

    :param response: any answer
    :param secure: whether it is sent by TLS
    """
    defaults = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": "base-uri 'self'; frame-ancestors 'self'",
        "X-Frame-Options": "SAMEORIGIN",
    }
    if secure:
        defaults["Strict-Transport-Security"] = "max-age=31536000"
    for name, value in defaults.items():
        response.headers.setdefault(name, value)
    return response


def protect_file(response):
    """Set the security headers of an uploaded file."""
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
