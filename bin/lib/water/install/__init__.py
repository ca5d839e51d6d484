"""bin/install and bin/uninstall: the system on one machine with Debian 13, for years."""
