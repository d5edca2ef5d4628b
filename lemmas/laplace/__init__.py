"""The tight chain: matrix Laplace transforms with damped outlying neurons."""
