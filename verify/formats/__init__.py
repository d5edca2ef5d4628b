"""The formats of a report. Each is a pure function of the report: no clock, no environment, no other module of ours."""
