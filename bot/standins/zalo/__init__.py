"""A local stand-in of Zalo's cloud: tokens, an Official Account, a bot. See README.md."""
