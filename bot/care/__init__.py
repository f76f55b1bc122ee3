"""Following people through what they were given: what a batch of turns means for it (watch),
and what the service says by itself because of it (carer). Rows are storage's.
"""
