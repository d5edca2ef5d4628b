"""Certificates for one concrete network: `prove.certify` makes them, `check.check` re-verifies the file alone."""
