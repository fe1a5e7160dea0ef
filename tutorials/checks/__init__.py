"""Checks of the exercises, one module a tutorial. Each computes the right answer with vibronic
when it is called; `model=` and the like ask the same of another model.
"""
