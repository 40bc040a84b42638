"""The pictures of docs/inside-an-lstm.md, drawn from the small model."""

from xml.etree import ElementTree

from scripts.lstm_pictures import main


def test_every_picture_is_a_whole_svg(trained, tmp_path, capsys):
    from seq2seq.model.weights import get_weights
    from seq2seq.model_folder.folder import save_model

    model, tokenizer, _ = trained
    left_out = ("vocabulary_size", "source_vocabulary_size", "seed")
    settings = {name: value for name, value in model.settings.items() if name not in left_out}
    folder = tmp_path / "model"
    save_model(folder, get_weights(model), tokenizer, model=settings, decoding={}, languages=("en", "de"))
    main([str(folder), "--output", str(tmp_path)])
    assert capsys.readouterr().out.strip()
    pictures = {path.name: path.read_text() for path in tmp_path.glob("*.svg")}
    assert set(pictures) == {f"lstm-{name}.svg" for name in ("attention", "forget", "memory", "unit", "tree")}
    for text in pictures.values():
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and len(text) > 5000 and "<script" not in text
    assert 'aria-label="Forget gates"' in pictures["lstm-forget.svg"]
