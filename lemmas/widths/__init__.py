"""The widths that the chains prove, beside those that are observed, and where the difference goes."""
