"""The pictures of docs/inside-an-lstm.md, drawn from the small model."""

from xml.etree import ElementTree

from scripts.lstm_pictures import main


def test_every_picture_is_a_whole_svg(trained, tmp_path, capsys):
    from seq2seq.model.weights import get_weights
    from seq2seq.model_folder.folder import ModelFolder
    from seq2seq.tokenization.pair import TokenizerPair

    model, tokenizer, _ = trained
    folder = tmp_path / "model"
    ModelFolder.write(folder, get_weights(model), TokenizerPair.of(tokenizer, languages=("en", "de")), model.settings)
    main([str(folder), "--output", str(tmp_path)])
    assert capsys.readouterr().out.strip()
    pictures = {path.name: path.read_text() for path in tmp_path.glob("*.svg")}
    assert set(pictures) == {f"lstm-{name}.svg" for name in ("attention", "forget", "memory", "unit", "tree")}
    for text in pictures.values():
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and len(text) > 5000 and "<script" not in text
    assert 'aria-label="Forget gates"' in pictures["lstm-forget.svg"]
