"""Sweeps: prompts x seeds x methods at several levels, as a table, a report and figures.

plan.py      what is to be run                rows.py      what came of it, as a table
work.py      makes the runs of one prompt     store.py     the folder that keeps all
hands.py     who works: this process,         run.py       runs what is missing
cluster.py   or the workers of a cluster      summary.py   means, doubt, advice
vbench.py    another judge                    text.py, report.py   said and shown
forecast.py  what it would cost
"""
