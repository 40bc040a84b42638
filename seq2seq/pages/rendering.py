"""Renders a template and values as one HTML file that needs no network and no other file."""

import functools
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from seq2seq.pages.text import moment, number, printable


@dataclass(frozen=True)
class PageSection:
    """A link of the page's navigation.

    Attributes:
        id: Id of the element that the link leads to.
        name: Text of the link.
    """

    id: str
    name: str


@functools.cache
def environment() -> Environment:
    """The Jinja2 environment of `seq2seq/pages/templates`; it escapes every value, and a missing value is an error."""
    made = Environment(
        loader=PackageLoader("seq2seq.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = _asset
    made.filters["moment"] = moment
    made.filters["number"] = number
    made.filters["printable"] = printable
    return made


def render(
    template: str, *, title: str, description: str, sections: tuple[PageSection, ...] = (), **values: Any
) -> str:
    """Renders a page.

    Args:
        template: A file in `seq2seq/pages/templates` that extends `base.html`.
        title: Title of the page, its only heading of the first level.
        description: One or two sentences under the title, also for search engines and previews.
        sections: Links of the navigation.
        **values: Values for the template; text is escaped, `Markup` is not.

    Returns:
        The whole document.
    """
    from seq2seq.version import __version__

    return (
        environment()
        .get_template(template)
        .render(title=title, description=description, sections=sections, version=__version__, **values)
    )


def render_part(template: str, **values: Any) -> Markup:
    """Renders a template that is a part of a page; takes the template's values."""
    return Markup(environment().get_template(template).render(**values))


def _asset(name: str) -> Markup:
    """The text of a style sheet or script in the folder of templates."""
    loader = environment().loader
    assert loader is not None
    source, _, _ = loader.get_source(environment(), name)
    return Markup(source)
