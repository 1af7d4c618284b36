"""A Model Context Protocol server for the runs of a state folder. Agents claim work here, or ask what they have to
prove.
"""
