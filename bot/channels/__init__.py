"""One folder per channel; registry.py lists them."""
