"""A run as one file that anyone can check offline: plan, events, evidence, artifacts, statements, report and
checksums.
"""
