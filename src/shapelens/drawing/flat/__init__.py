"""Boxes without depth: `blocks` for a slide, and `graph`, which shows every operator."""
