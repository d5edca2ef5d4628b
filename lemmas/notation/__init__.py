"""The notation table: every symbol of the statements once, with its domain, its meaning and how it is measured."""
