"""`python -m benchmarks.gpu`: what only a GPU can tell, the most important first, within so many minutes.

bits.py and golden.py (a), page.py (b), networks.py and compiled.py (c), figures.py (d); parts.py runs them in
turn, keeps what each found at once, and says what the time did not suffice for. Needs torch, diffusers and
the project; weights are random or those that ship, and nothing is downloaded.
"""
