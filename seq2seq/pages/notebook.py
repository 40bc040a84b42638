"""Pages inside a notebook."""

from markupsafe import escape


def framed(html: str, title: str, height: int = 640) -> str:
    """Puts a whole page into a frame, where its styles and scripts touch nothing of the notebook around it.

    Args:
        html: The page.
        title: What the page is, for people who do not see it.
        height: Height of the frame in CSS pixels.

    Returns:
        An `<iframe>` that holds the page itself and loads nothing. Its scripts run, but cannot reach the notebook.

    Example:
        >>> framed("<p>Hello</p>", "Greeting")
        '<iframe title="Greeting" ... srcdoc="&lt;p&gt;Hello&lt;/p&gt;" ...></iframe>'
    """
    return (
        f'<iframe title="{escape(title)}" sandbox="allow-scripts" srcdoc="{escape(html)}" '
        f'style="width: 100%; height: {height}px; border: 0"></iframe>'
    )
