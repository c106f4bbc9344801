"""Figures: a network becomes one scene, which small renderers write as SVG, TikZ, PDF or PNG."""
