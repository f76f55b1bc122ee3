"""The web chat: a channel of our own for people without Zalo or Telegram."""
