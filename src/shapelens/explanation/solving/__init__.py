"""The parts of what is said of settings that were solved for."""
