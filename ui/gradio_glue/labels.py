"""The labels of Gradio's own components, in every language: the browser chooses one of them.

Knows gradio.i18n: that a label is a key, which the page's table is asked for in the browser, and so is any
text that happens to be a key, also what somebody chose or typed (checked with 6.31).
"""

from __future__ import annotations

import gradio as gr
from gradio.i18n import I18nData

from ui.words.texts import all_texts

Label = I18nData
# Gradio's own words that it lacks in one of our languages, by its key.
ITS_OWN = {"errors.use_via_api_or_mcp": "gradio_api", "common.stop_recording": "gradio_record"}
OURS = "tc_"  # begins every key of ours: no value is one, nor a prompt
# Filled as labels are made: every page carries this table, and the other texts come with the script.
_TABLE = {
    language: {key: words[own] for key, own in ITS_OWN.items()} for language, words in all_texts().items()
}


def i18n(key: str) -> Label:
    """A label that the browser translates. Raises KeyError for a text that is not in the table."""
    if key not in all_texts()["en"]:
        raise KeyError(key)
    return i18n_of(key, {language: words[key] for language, words in all_texts().items()})


def i18n_of(key: str, words: dict[str, str]) -> Label:
    """A label with numbers or names in it: language -> label, under a key of its own."""
    for language, label in words.items():
        _TABLE[language][OURS + key] = label
    return I18nData(OURS + key)


def translations() -> gr.I18n:
    """For launch, once the page is built: every label of it in every language."""
    return gr.I18n(**_TABLE)
