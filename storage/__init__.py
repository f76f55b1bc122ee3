"""Tables and all SQL. Nothing here decides what a resident reads."""
