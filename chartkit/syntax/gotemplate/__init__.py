"""Go templates as text: a lexer, and what is rewritten in them before Helm sees them."""
