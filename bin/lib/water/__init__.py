"""What bin/serve, bin/test, bin/lint and bin/i18n share; the system's Python and nothing else."""
