"""Audit prose: find each claim of a report or message, and label it by evidence, by the text, or as unproven."""
