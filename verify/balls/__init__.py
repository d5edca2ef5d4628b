"""Ball arithmetic: SymPy to Arb, box certificates, enclosures of eigenvalues and integrals."""
