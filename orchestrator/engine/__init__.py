"""Runs a plan: decides the next steps, carries them out, records what happened, and judges at the end."""
