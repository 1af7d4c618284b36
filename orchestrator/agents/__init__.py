"""Agents' work: drivers, workspaces, hand-ins, merges. What an agent says is a claim; what it leaves is measured by
others.
"""
