"""Figures with numerator, denominator, interval and drill-down; exports. Reads, never acts."""
