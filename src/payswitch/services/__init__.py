"""Use cases: one thing that happens to a payment = one function = one commit. No I/O of its own but the ports.

One folder a subject, from the customer's side to the operator's: `payments`, `attempts`, `decisions`, `checkout`,
`refunds`, `events`; `channels`, `policies`, `books`; `live`, `alerts`, `reports`, `desk`, `people`. Here stands what
all of them share.
"""
