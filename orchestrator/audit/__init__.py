"""Prose held to account: every claim of a report or message is found, and labelled by evidence, by the text itself,
or as unproven.
"""
