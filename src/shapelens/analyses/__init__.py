"""What can be told of an evaluated network: its cost, its receptive fields, and what does not fit."""
