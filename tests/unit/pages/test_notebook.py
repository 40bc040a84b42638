import html
import re

from seq2seq.pages.notebook import framed


def test_a_page_in_a_frame_is_the_page_and_nothing_of_it_is_outside():
    page = '<!DOCTYPE html><p class="a">&lt;b&gt; it\'s</p><script>1 < 2</script>'
    frame = framed(page, 'A "page"')
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == page
    assert "<script" not in frame and 'title="A &#34;page&#34;"' in frame
    assert "allow-same-origin" not in frame
