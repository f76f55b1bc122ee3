"""Zalo's Bot Platform: texts and pictures, no buttons. Not the Official Account."""
