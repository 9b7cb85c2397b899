"""Gradio's theme with the page's colours: blue primary and text that passes contrast in both modes."""

from __future__ import annotations

from gradio import themes

_FONT = (
    "ui-sans-serif",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Noto Sans CJK SC",
    "sans-serif",
)
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> themes.Base:
    """System fonts, so that nothing is fetched; colours as in ui/base/style.css."""
    base = themes.Default(
        primary_hue="blue",
        neutral_hue="slate",
        font=_FONT,
        font_mono=_MONO,
        spacing_size="sm",
        radius_size="md",
        text_size="sm",
    )
    return base.set(
        body_text_color="#16202e",
        body_text_color_dark="#e8edf5",
        body_text_color_subdued="#566174",
        body_text_color_subdued_dark="#a9b4c5",
        block_background_fill="#ffffff",
        block_background_fill_dark="#161c27",
        block_border_color="#dfe4ec",
        block_border_color_dark="#2c3544",
        block_label_text_color="#3b465a",
        block_label_text_color_dark="#c6cfdd",
        block_info_text_color="#566174",
        block_info_text_color_dark="#a9b4c5",
        block_title_text_color="#16202e",
        block_title_text_color_dark="#e8edf5",
        input_placeholder_color="#667085",
        input_placeholder_color_dark="#94a0b3",
        button_primary_background_fill="#2563eb",
        button_primary_background_fill_dark="#2563eb",
        button_primary_background_fill_hover="#1d4fd0",
        button_primary_background_fill_hover_dark="#1d4fd0",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
        slider_color="#2563eb",
        slider_color_dark="#6ea3ff",
    )
