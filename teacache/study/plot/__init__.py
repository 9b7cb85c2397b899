"""The plot of a run, defined once, as Plotly's JSON: empty, and how a run's columns are filled in.

Page and report take it from here as it is, `teacache.study.figure` as a plotly figure. Nothing here imports
plotly, which takes a second that the first page has not.
"""
