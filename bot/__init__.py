"""Gõ Cửa: the bot itself. See docs/develop/architecture.md for the map of this package."""
