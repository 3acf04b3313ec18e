"""The parts of an audit: reading what is printed, deriving what is true, and comparing the two."""
