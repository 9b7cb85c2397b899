"""Figures of studies, one file a figure: pure functions from numbers to plotly figures.

The same for page, report, notebook and shell. A figure knows no pipelines and no pages; its words are the
caller's, so that a page can give them in its language.
"""

from teacache.study.figures.accumulator import accumulator
from teacache.study.figures.frontier import Curve, Point, frontier
from teacache.study.figures.polynomial import polynomial
from teacache.study.figures.quality import quality
from teacache.study.figures.scatter import cloud, race
from teacache.study.figures.sizes import latency_by_size
from teacache.study.figures.spread import Level, spread

__all__ = [
    "Curve",
    "Level",
    "Point",
    "accumulator",
    "cloud",
    "frontier",
    "latency_by_size",
    "polynomial",
    "quality",
    "race",
    "spread",
]
