"""bin/cluster: the settings of a site on several machines, from one file that names them."""
