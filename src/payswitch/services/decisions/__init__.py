"""The brain in service: asking it for a plan, telling it what happened; recording, replaying, explaining."""
