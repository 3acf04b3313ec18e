"""Games on networks: graphs with their edges, simulation on them, and what theory says."""
