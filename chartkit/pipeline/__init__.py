"""What a run shares, what its workers do, and its stages."""
