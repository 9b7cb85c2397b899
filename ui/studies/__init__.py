"""What is computed about a finished run on request: rivals, signals, damage, all schedules."""
