"""Telegram. python-telegram-bot is the typed client and parser here and nowhere else."""
