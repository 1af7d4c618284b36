"""What the command line does, from Python: load, prepare, run or continue, judge, report. The package `orchestrator`
exports the public names.
"""
