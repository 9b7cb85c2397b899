"""Another threshold or rule on a finished run: every schedule, looked up."""
