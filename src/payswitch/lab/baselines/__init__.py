"""The published routers, re-implemented from their descriptions. Each module names its source."""
