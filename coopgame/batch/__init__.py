"""Many points at once: fields prepared for lanes, the engine, seeds, workers."""
