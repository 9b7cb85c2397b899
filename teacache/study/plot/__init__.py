"""The figures that the page draws, defined once as Plotly's JSON: empty, and how numbers are filled in.

empty.py and filling.py: a run, call by call. The others are filled by series.py: polynomial.py, quality.py
(runs and other methods by speed and nearness), scatter.py and accumulator.py (the tour's).
Page and report take them from here as they are, `teacache.study.figures` as plotly figures. Nothing here
imports plotly, which takes a second that the first page has not.
"""
