"""What members, officials and residents can have done: `operation(connection, actor, …)`.

Chat commands and pages call the same functions. Each asks bot/core/rights.py first and
leaves an audit entry; none knows words or channels.
"""
