"""Two made-up utilities with fourteen months of life, so that a newcomer sees the desk alive.

Owns nothing of its own: it writes into the other apps through their verbs, and nobody imports it.
"""
