"""The metering proxy: the only way from an agent to its model. It has the key, counts the tokens, and holds the
budget.
"""
