"""What the demo refuses reaches programs and assistants as one sentence, over a real port."""

import asyncio

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

BALL = {"prompt": "a red ball bouncing", "threshold": 0.3}
REFUSED = [
    ("compare", {**BALL, "steps": 2.5}, "The number of steps is 2.5, but must be a whole number"),
    ("compare", {**BALL, "seed": 0.5}, "The seed is 0.5, but must be a whole number"),
    ("compare", {**BALL, "max_reuses": 1.5}, "max_reuses is 1.5, but must be a whole number"),
    ("compare", {**BALL, "guidance_scale": 99}, "The guidance is 99, but must be a number from 1 to 30"),
    ("compare", {**BALL, "model": "nonesuch"}, "There is no model 'nonesuch'"),
    ("calibrate", {"run_ids": "1-faithful", "degree": 8}, "The degree is 8, but must be a whole number"),
    ("calibrate", {"run_ids": "1-faithful", "degree": 2.5}, "The degree is 2.5, but must be a whole number"),
    ("what_if", {"run_id": "1-faithful", "threshold": -1}, "threshold is -1.0, but must be 0 or more"),
    (
        "what_if",
        {"run_id": "1-faithful", "threshold": 1, "model": "mochi"},
        "the polynomial of Mochi 1 means",
    ),
]


@pytest.fixture(scope="module")
def client(other_demo):
    client = Client(other_demo, verbose=False)
    yield client
    client.close()


@pytest.mark.parametrize("endpoint, asked, said", REFUSED)
def test_a_program_reads_the_sentence(client, endpoint, asked, said):
    with pytest.raises(AppError) as caught:
        client.predict(**asked, api_name=f"/{endpoint}")
    assert said in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize("endpoint, asked, said", REFUSED)
def test_an_assistant_reads_the_sentence(other_demo, endpoint, asked, said):
    async def talk():
        address = f"{other_demo}/gradio_api/mcp/"
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return await session.call_tool(endpoint, asked)

    answer = asyncio.run(talk())
    assert answer.isError and said in answer.content[0].text
