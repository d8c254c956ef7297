"""The documentation; `generate.py` writes the parts that come from the code."""
