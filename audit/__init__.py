"""What `make audit` and `make secrets` run: about the repository, never part of the service."""
