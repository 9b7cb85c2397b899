"""The table of texts for Gradio's own labels; the browser chooses the language."""

from __future__ import annotations

import gradio as gr
from gradio.i18n import I18nData

from ui.words.texts import all_texts

# Gradio's own words that it lacks in one of our languages, by its key.
_ITS_OWN = {"errors.use_via_api_or_mcp": "gradio_api", "common.stop_recording": "gradio_record"}
# Filled as labels are made: every page carries this table, and the other texts come with the script.
I18N = gr.I18n(
    **{lang: {its: table[ours] for its, ours in _ITS_OWN.items()} for lang, table in all_texts().items()}
)


def i18n(key: str) -> I18nData:
    """A label that the browser translates. Raises KeyError for a text that is not in the table."""
    if key not in all_texts()["en"]:
        raise KeyError(key)
    return i18n_of(key, {language: table[key] for language, table in all_texts().items()})


def i18n_of(key: str, words: dict[str, str]) -> I18nData:
    """A label with numbers or names in it: language -> label, under a key of its own."""
    for language, label in words.items():
        I18N.translations[language][key] = label
    return I18N(key)
