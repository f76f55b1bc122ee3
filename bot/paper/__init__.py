"""What is drawn and printed: cards, step sheets, posters. Templates and fonts are beside it.

Which picture belongs to which step is the core's; where files are kept is bot/pictures.py's.
"""
