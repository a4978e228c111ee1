"""Which branches of templates the scenarios run, and scenarios that would run more."""
