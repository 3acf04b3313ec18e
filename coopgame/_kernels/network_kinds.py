"""How a node of a network changes: the numbers by which kernels know the rules."""

# Up to SUCCESSFUL a node copies one neighbour; from LOGIT to SMITH it looks at what each strategy would earn; the others compare neighbours.
FERMI, PROPORTIONAL, SCALED, DISSATISFIED, SUCCESSFUL = range(5)
LOGIT, BEST_RESPONSE, SMITH = range(5, 8)
DEATH_BIRTH, IMITATION, BEST_NEIGHBOUR, BIRTH_DEATH = range(8, 12)
# Rates that only tables can hold: per meeting, and of a choice among all strategies.
OWN_COPY, OWN_CHOICE = 20, 21
