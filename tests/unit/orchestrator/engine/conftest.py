import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location("scripted", Path(__file__).with_name("scripted.py"))
scripted = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("scripted", scripted)
if sys.modules["scripted"] is scripted:
    _SPEC.loader.exec_module(scripted)
