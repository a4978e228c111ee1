"""From a place in a render to the line to edit: of a template, or of the values behind it."""
