"""Figures of the desk on this machine: `python -m bench` prints each as one line of JSON.

It brings up servers of its own in a folder of its own and removes both at the end.
"""
