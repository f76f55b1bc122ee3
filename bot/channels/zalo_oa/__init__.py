"""Zalo Official Account: people one to one, and the OA's own groups (GMF)."""
