"""Measurements against named peers. Nothing of the product may import this."""
