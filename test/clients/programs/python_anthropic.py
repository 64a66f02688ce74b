"""Anthropic's SDK by its variables alone: ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY."""

from anthropic import Anthropic
from report import SCHEMA, TOOL, report

client = Anthropic()
ASKED = {"model": "claude-haiku-4-5", "max_tokens": 100}
MESSAGES = [{"role": "user", "content": "hello gate"}]


def plain():
    return client.messages.create(**ASKED, messages=MESSAGES).content[0].text


def stream():
    with client.messages.stream(**ASKED, messages=MESSAGES) as events:
        return "".join(events.text_stream)


def tools():
    offered = [{"name": TOOL["name"], "input_schema": SCHEMA}]
    called = client.messages.create(**ASKED, messages=MESSAGES, tools=offered)
    use = next(part for part in called.content if part.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": use.id, "content": TOOL["text"]}
    history = [*MESSAGES, {"role": "assistant", "content": called.content}, {"role": "user", "content": [result]}]
    return client.messages.create(**ASKED, messages=history, tools=offered).content[0].text


report(
    {
        "plain": plain,
        "stream": stream,
        "tools": tools,
        "models": lambda: [model.id for model in client.models.list()],
    }
)
