"""Finite populations: Markov chains of games, what is exact about them, and their simulation."""
