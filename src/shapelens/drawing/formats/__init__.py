"""A scene, written down: SVG, TikZ, PDF and PNG. A format decides nothing."""
