"""The models of this server, where they compute, and how long a run of one may take."""
