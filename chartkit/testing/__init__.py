"""Renders as objects for Python: charts that are opened once, rendered with any inputs, and looked into.

`RenderSession` opens charts, `OpenChart` renders them, `RenderedChart` finds its objects; the fixtures of the
pytest plugin are these. Nothing is imported here: pytest loads the plugin in every run.
"""
