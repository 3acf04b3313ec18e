"""Equilibria of the game itself: Nash equilibria and their refinements, dominance, correlated and quantal response equilibria."""
