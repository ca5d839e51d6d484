"""Code shared by bin/serve, bin/test, bin/lint and bin/i18n; needs only the system's Python."""
