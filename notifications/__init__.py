"""In-app notices, the outbox and its delivery to e-mail and SMS.

A verb of a higher app queues rows inside its own transaction; only delivery reaches the channels.
"""
