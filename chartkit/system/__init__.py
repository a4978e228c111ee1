"""What touches the machine: files, the terminal, git, worker processes, caches."""
