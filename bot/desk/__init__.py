"""The members' desk: what volunteers type and press in the chat they already use.

Reading orders, wording answers, and calling the services; rights and rows are the services'.
"""
