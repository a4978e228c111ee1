"""Golden files: the recorded render of every case, what a render is compared with."""
