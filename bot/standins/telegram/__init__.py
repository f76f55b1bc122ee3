"""A local stand-in of Telegram's cloud: it refuses what Telegram refuses."""
