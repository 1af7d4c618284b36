"""Agents come by themselves, or ask what they have to prove: a server of the Model Context Protocol over the runs
of a state folder.
"""
