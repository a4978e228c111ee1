"""`chartkit init`: what there is in a repository, and the files that are written for it."""
