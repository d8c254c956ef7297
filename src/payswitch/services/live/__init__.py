"""The live board: what happened in the last minutes, in memory, per merchant and lane."""
