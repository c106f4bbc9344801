"""Numbers that a person can check by hand, as grids: a window, a filter, their products, and the cell they sum to."""
