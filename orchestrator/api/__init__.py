"""What the command line does, from Python: load, prepare, run or continue, judge, report. `orchestrator` names what
is public.
"""
