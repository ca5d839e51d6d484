"""bin/backup and bin/restore: a database of Odoo and its files, encrypted, in one folder."""
