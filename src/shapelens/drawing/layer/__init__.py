"""One layer as a figure: its volumes to scale, its numbers in cells, and its window as it slides."""
