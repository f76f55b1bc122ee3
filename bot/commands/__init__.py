"""One file for each group of commands. Each is a few calls; what it says is in terminal.yaml."""
