"""Measurements, each in one run beside what else could be used. Absolute times belong to a machine; ratios travel."""
