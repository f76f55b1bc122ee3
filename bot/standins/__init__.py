"""Stand-ins of platforms' clouds for rehearsal and tests. They import nothing of ours."""
