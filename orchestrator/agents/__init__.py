"""Agents' work: drivers, workspaces, hand-ins, merges. What an agent says is a claim. Others measure what it leaves."""
