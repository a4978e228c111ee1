"""Goes through a template with what is known of dot and of the variables at each place; nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from chartkit.syntax.gotemplate.nodes import Action, Arm, Branch, Call, Jump, Node, Text, walk
from chartkit.syntax.gotemplate.pipelines import Pipeline

State = TypeVar("State")
Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class Scope(Generic[Meaning]):
    """What dot and the variables stand for at one place of a template.

    *unsteady* are variables that stand for something else than they are declared to: see `assigned`.
    """

    dot: Meaning
    variables: Mapping[str, Meaning] = field(default_factory=dict)
    unsteady: Mapping[str, Meaning] = field(default_factory=dict)

    def declared(self, pipeline: Pipeline, *meanings: Meaning) -> Scope[Meaning]:
        """The scope after *pipeline*, which may declare variables (``:=``) that stand for *meanings*."""
        if pipeline.assign != ":=":
            return self
        pairs = zip(pipeline.variables, meanings, strict=False)
        fresh = {name: self.unsteady.get(name, meaning) for name, meaning in pairs}
        return replace(self, variables={**self.variables, **fresh})

    def entered(self, arm: Arm, whole: Meaning, key: Meaning, item: Meaning) -> Scope[Meaning]:
        """The scope in the body of *arm*, whose pipeline gives *whole*, and a ``range`` *key* and *item*."""
        if arm.pipeline is None:
            return self
        if arm.action == "range":
            one = len(arm.pipeline.variables) == 1
            return replace(self, dot=item).declared(arm.pipeline, *((item,) if one else (key, item)))
        inner = self.declared(arm.pipeline, whole)
        return replace(inner, dot=whole) if arm.rebinds else inner


def visit(
    body: Sequence[Node],
    state: State,
    inside: Callable[[Arm, State], State],
    after: Callable[[Action, State], State] = lambda _, state: state,
    enters: Callable[[Arm], bool] = lambda _: True,
) -> Iterator[tuple[Text | Action | Jump | Arm | Call, State]]:
    """Every node of *body* in order, and every arm of its branches, each with the *state* that it finds.

    *inside* gives the state in the body of an arm, *after* the state after an action. Only arms are gone into
    that *enters* says. What blocks define is another body.
    """
    for node in body:
        if isinstance(node, Branch):
            for arm in node.arms:
                yield arm, state
                if enters(arm):
                    yield from visit(arm.body, inside(arm, state), inside, after, enters)
            continue
        yield node, state
        if isinstance(node, Action):
            state = after(node, state)


def pipelines(body: Sequence[Node]) -> Iterator[Pipeline]:
    """Every pipeline of *body*."""
    for node in walk(body):
        if isinstance(node, Branch):
            yield from (arm.pipeline for arm in node.arms if arm.pipeline is not None)
        elif isinstance(node, Action | Call) and node.pipeline is not None:
            yield node.pipeline


def assigned(body: Sequence[Node]) -> frozenset[str]:
    """The variables in *body* that get another value than that of their declaration."""
    return frozenset(name for each in pipelines(body) if each.assign == "=" for name in each.variables)
