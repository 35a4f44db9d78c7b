"""Customers, premises and supply accounts: who asks, where, and under which contract.

Owns private data and each disclosure of it. Knows nothing of tickets.
"""
