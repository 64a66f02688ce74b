"""The OpenAI SDK by its variables alone: OPENAI_BASE_URL, OPENAI_API_KEY."""

import os

from openai import OpenAI
from report import SCHEMA, TOOL, report

client = OpenAI()
MODEL = os.environ["MODEL"]
MESSAGES = [{"role": "user", "content": "hello gate"}]


def plain():
    return client.chat.completions.create(model=MODEL, messages=MESSAGES).choices[0].message.content


def stream():
    chunks = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def tools():
    offered = [{"type": "function", "function": {"name": TOOL["name"], "parameters": SCHEMA}}]
    called = client.chat.completions.create(model=MODEL, messages=MESSAGES, tools=offered).choices[0].message
    result = {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": TOOL["text"]}
    history = [*MESSAGES, called, result]
    return client.chat.completions.create(model=MODEL, messages=history, tools=offered).choices[0].message.content


def responses():
    text = client.responses.create(model=MODEL, input="hello gate").output_text
    with client.responses.stream(model=MODEL, input="hello gate") as events:
        assert events.get_final_response().output_text == text
    return text


report(
    {
        # The others have no Responses API.
        "plain": lambda: f"{plain()} {responses()}" if MODEL.startswith("gpt") else plain(),
        "stream": stream,
        "tools": tools,
        "models": lambda: [model.id for model in client.models.list()],
        "embeddings": lambda: len(
            client.embeddings.create(model="text-embedding-3-small", input="gate").data[0].embedding
        ),
        "files": lambda: client.files.create(purpose="user_data", file=("gate.txt", b"gate")).id,
    }
)
