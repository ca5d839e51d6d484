from . import jobs, models, outage, versions

outage.install()
jobs.install()
versions.install()
