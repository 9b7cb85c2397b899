"""What a visitor takes away: files of a run, a report, code, schedules; and uploads and the history of runs.

Knows stored runs and the routes that serve them; the method, the models and the rest of the page are
elsewhere.
"""
