"""What is known of the functions of Go, Sprig and Helm without running them."""

from __future__ import annotations

from typing import Final

TEXT_LAST: Final = {
    "indent": 3,
    "nindent": 3,
    "lower": 2,
    "quote": 2,
    "replace": 4,
    "squote": 2,
    "toString": 2,
    "trim": 2,
    "trimPrefix": 3,
    "trimSuffix": 3,
    "upper": 2,
}
"""Functions that print their last argument, somewhat changed; how many words a call of each has."""

PRINTS_ARGUMENT: Final = {"tpl": (1,), "default": (1,), "ternary": (1, 2)}
"""Functions that print one of these words of their call, and do not ask whether it is empty."""

TO_TEXT_AND_BACK: Final = frozenset({"fromYaml", "fromJson", "toYaml", "toJson", "toPrettyJson", "toRawJson"})
"""Functions between text and data, of which two after one another give the text back, written anew."""

GIVES_LAST: Final = frozenset(
    {
        *("toYaml", "mustToYaml", "toYamlPretty", "toJson", "mustToJson", "fromYaml"),
        *("quote", "squote", "nindent", "indent", "int", "int64", "float64", "toString"),
        *("trim", "trimSuffix", "trimPrefix", "trunc", "default", "required", "deepCopy"),
    }
)
"""Functions that may give their last argument back as it is."""

GIVES_FIRST: Final = frozenset({"tpl"})
"""Functions that may give their first argument back as it is."""

GATHERS: Final = GIVES_LAST | {
    *("merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"),
    *("pick", "omit", "concat"),
}
"""Functions whose result may hold what is in their arguments."""

CHOOSES: Final = frozenset({"default", "ternary", "and", "or", "coalesce"})
"""Functions that give one of their arguments, which others decide."""

ONLY_TRUTH: Final = frozenset({"and", "or", "not"})
"""Functions of which, where only their truth matters, only the truth of their arguments does."""
