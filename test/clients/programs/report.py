"""Runs what the command line asks for, and prints a line of JSON: a text for each feature."""

import json
import sys


def report(features):
    """Takes a function for each feature; `plain` is what `errors` runs."""
    answers = {}
    for name in sys.argv[1:]:
        answers[name] = str(refused(features["plain"]) if name == "errors" else features[name]())
    print("\n" + json.dumps(answers))


def refused(plain):
    try:
        return f"no error: {plain()}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


TOOL = {"name": "read_note", "text": "note-4711"}
SCHEMA = {"type": "object", "properties": {"echo": {"type": "string"}}, "required": ["echo"]}
