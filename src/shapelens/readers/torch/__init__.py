"""PyTorch: a model's own forward, traced on the meta device."""
