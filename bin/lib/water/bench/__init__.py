"""bin/bench: measures the addons and OCA's helpdesk in one run, on one server and machine."""
