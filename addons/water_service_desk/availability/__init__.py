from . import jobs, models, outage

outage.install()
jobs.install()
