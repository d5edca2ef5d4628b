"""A run, step by step: select, plan, execute, judge, report. ``run.run`` reads as that list."""
