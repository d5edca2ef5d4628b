"""Seeded runs: draws of a start, gradient descent, and what is seen on the way."""
