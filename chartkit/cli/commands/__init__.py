"""The commands: each makes a configuration of what was given, runs the pipeline and prints a report."""
