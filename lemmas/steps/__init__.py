"""Proof steps that several lemmas share."""
