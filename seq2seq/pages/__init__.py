"""Pages that people read: self-contained HTML, with plots by matplotlib and templates by Jinja2.

A page is one file that can be mailed, archived and opened without a network. It follows the reader's colour scheme
(with a button for the other one), and can be read on a phone, with the keyboard and with a screen reader.

To make one, write a template in `seq2seq/pages/templates/` that extends `base.html`, and hand it values:

    {% extends "base.html" %}
    {% from "components.html" import choices, scroller, figure %}
    {% block main %}
    <section id="loss" aria-labelledby="loss-heading"><h2 id="loss-heading">Loss</h2>
      {{ figure(loss, "How the loss fell.") }}          {# an SVG of `figures.to_svg` #}
      {{ choices("Head", heads) }}                      {# [(name, Markup), …]: a selection that shows one of them #}
      {% call scroller("All scores") %}<table>…</table>{% endcall %}   {# what may be wider than a phone #}
    </section>
    {% endblock %}

    from seq2seq.pages.rendering import PageSection, render
    html = render("mine.html", title=…, description=…, sections=[PageSection("loss", "Loss")], loss=…, heads=…)
    seq2seq.files.write_file(path, html)

`rendering`      `render` makes one HTML string of a template; `sections` become the links of the navigation
`figures`        `new_figure(width, height)` gives a matplotlib `Figure` and axes in the style of the pages, `to_svg`
                 the inline SVG; colours are the names `INK`, `FAINT`, `GRID`, `SERIES[i]`, whose values the page sets
                 for its light and its dark scheme
`curves`         lines over a common horizontal axis, thinned for long series
`bars`           points with intervals by group, and histograms
`heatmap`        `Heatmap(values, rows, columns, key=…, title=…)`: a matrix to explore by pointer and arrow keys
                 (`to_html`), or its picture alone (`to_svg`)
`attention_map`  `attention_map(weights, source_pieces, target_pieces, key=…)`: a heat map with tokens joined into words

Every figure and heat map takes a `key` that no other one of its page has, which keeps their ids apart.
"""
