"""Measurements for `verify bench`: kernels against the limit of the machine, balls, peers."""
