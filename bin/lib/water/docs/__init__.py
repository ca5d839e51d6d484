"""The manual: built by mkdocs, checked, and in part written from Odoo's registry."""
