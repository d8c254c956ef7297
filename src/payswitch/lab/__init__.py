"""实验室: routing experiments. Worlds in which every router meets the same customers, outages and dice; the published
routers re-implemented beside ours; and recorded decisions, replayed against another policy.

Nothing here runs in production. Our own contender is the production `payswitch.routing` package, not a copy.
"""
