"""The table of a network: which rows it has, what stands in their cells, and which columns fit."""
