"""An app of the tests alone: messages whose text kills, stops or breaks whoever writes it."""
