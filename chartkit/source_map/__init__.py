"""From a line of a render to the line of the template that printed it, and to the values behind it."""
