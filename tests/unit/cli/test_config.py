from seq2seq.config.loading import build_config, load_config


def test_what_is_printed_is_a_config_of_all_defaults(run_cli, capsys, tmp_path):
    assert run_cli("config") == 0
    out, err = capsys.readouterr()
    assert err == ""
    (tmp_path / "mine.yaml").write_text(out, "utf-8")
    printed = load_config(tmp_path / "mine.yaml")
    values = {"data": {"train": printed.data.train.model_dump()}, "training": {"epochs": printed.training.epochs}}
    assert printed == build_config(values, "defaults")
