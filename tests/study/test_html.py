"""Templates: values become text, never markup, and nothing is left out without a word."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from teacache.study.html import filled, template


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html.jinja"
    path.write_text('<p title="{{ title }}">{{ text }}</p>{{ code|safe }}\n', encoding="utf-8")
    return path


def test_a_value_never_becomes_markup(page):
    written = filled(page, title='"><b>', text="<script>&", code="<i></i>")
    assert written == '<p title="&#34;&gt;&lt;b&gt;">&lt;script&gt;&amp;</p><i></i>'


def test_a_value_that_is_missing_is_an_error(page):
    with pytest.raises(UndefinedError, match="title"):
        filled(page, text="", code="")


def test_a_template_is_compiled_once(page):
    assert template(page) is template(page)
