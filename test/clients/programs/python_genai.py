"""Google's Gen AI SDK by its variables alone: GOOGLE_GEMINI_BASE_URL, GEMINI_API_KEY."""

from google import genai
from report import TOOL, report

client = genai.Client()
MODEL = "gemini-3.8-flash"


def read_note(echo: str) -> str:
    """Reads the note."""
    return TOOL["text"]


def tools():
    # The SDK itself calls the function and sends its result.
    return client.models.generate_content(model=MODEL, contents="hello gate", config={"tools": [read_note]}).text


report(
    {
        "plain": lambda: client.models.generate_content(model=MODEL, contents="hello gate").text,
        "stream": lambda: "".join(
            chunk.text for chunk in client.models.generate_content_stream(model=MODEL, contents="hello gate")
        ),
        "tools": tools,
        "models": lambda: [model.name for model in client.models.list()],
        "embeddings": lambda: len(
            client.models.embed_content(model="gemini-embedding-001", contents="gate").embeddings[0].values
        ),
    }
)
