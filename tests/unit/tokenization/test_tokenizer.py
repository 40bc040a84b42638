import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.text.lines import read_lines
from seq2seq.tokenization import ids as special
from seq2seq.tokenization.tokenizer import Tokenizer

TYPES = ("bpe", "unigram")
# SentencePiece keeps U+2581 for itself and takes runs of spaces, and those at either end, as one.
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="▁\n")).map(
    lambda text: " ".join(part for part in text.split(" ") if part)
)


@pytest.fixture(scope="session")
def lines(traveller):
    return read_lines(traveller / "dev.en")


@pytest.fixture(scope="session", params=TYPES)
def small(request, lines):
    return Tokenizer.train(lines, vocabulary_size=500, type=request.param, normalization="identity")


def test_the_special_ids_are_the_first_four(small):
    assert (special.PAD, special.UNK, special.BOS, special.EOS) == (0, 1, 2, 3)
    assert small.pieces([special.PAD, special.UNK, special.BOS, special.EOS]) == ["<pad>", "<unk>", "<s>", "</s>"]
    assert small.decode([special.BOS, special.EOS, special.PAD]) == ""


@given(any_text)
def test_any_text_comes_back(identity_tokenizer, small, text):
    for tokenizer in (identity_tokenizer, small):
        (ids,) = tokenizer.encode([text])
        assert tokenizer.decode(ids) == text
        assert all(id > special.EOS for id in ids), "what the vocabulary lacks is spelt in bytes, never unknown"


def test_a_line_s_pieces_depend_on_no_other_line(small, lines):
    together = small.encode(lines[:50])
    assert together == [small.encode([line])[0] for line in lines[:50]]
    assert small.encode([]) == []


def test_blank_lines_have_no_pieces(joint_tokenizer, lines):
    assert joint_tokenizer.encode(["", " ", "   "]) == [[]] * 3
    older = Tokenizer.train(lines, vocabulary_size=500, normalization="nmt_nfkc")
    assert older.encode(["", " ", "\t", "\u3000 \u00a0", "\u200b"]) == [[]] * 5


def test_the_vocabulary_is_as_large_as_asked_for(small):
    assert len(small) == 500


@pytest.mark.parametrize("type", TYPES)
def test_a_small_text_gives_a_smaller_vocabulary(type):
    tokenizer = Tokenizer.train(["the cat sat", "the dog sat"], vocabulary_size=8000, type=type)
    assert 4 + 256 < len(tokenizer) < 400
    assert tokenizer.decode(tokenizer.encode(["the bird sat"])[0]) == "the bird sat"


@pytest.mark.parametrize("type", TYPES)
def test_a_vocabulary_below_the_characters_is_a_user_s_error(type):
    alphabet = "".join(chr(n) for n in range(0x4E00, 0x4E00 + 200))
    with pytest.raises(UserError, match=r"tokenizer.vocabulary_size 300 is below the \d+ pieces"):
        Tokenizer.train([alphabet], vocabulary_size=300, type=type)


@pytest.mark.parametrize("lines", [[], ["", ""], [" ", "\u3000"]])
def test_text_without_characters_is_a_user_s_error(lines):
    with pytest.raises(UserError, match="no characters"):
        Tokenizer.train(lines, vocabulary_size=300, normalization="nmt_nfkc")


@pytest.mark.parametrize("type", TYPES)
def test_training_is_a_function_of_its_lines(lines, type):
    one, same = (Tokenizer.train(iter(lines), vocabulary_size=400, type=type) for _ in range(2))
    assert one.model == same.model
    other = Tokenizer.train(lines[:100], vocabulary_size=400, type=type)
    assert one.model != other.model
    # What stands in no line has no piece: it is spelt in its three bytes.
    assert [piece for piece in one.pieces(one.encode(["猫"])[0]) if piece != "▁"] == ["<0xE7>", "<0x8C>", "<0xAB>"]


@pytest.mark.parametrize("ending", ["\u2028", "\x85", "\x0b", "\r"])
def test_training_lines_end_at_newlines_only(ending):
    # The word on both sides of the other ending is learnt as one line, and the ending as a character.
    tokenizer = Tokenizer.train(
        [f"ab{ending}ab"] * 20, vocabulary_size=270, normalization="identity", character_coverage=1
    )
    assert ending in "".join(tokenizer.pieces(range(len(tokenizer))))


def test_the_same_seed_gives_the_same_pieces_and_another_others(small, lines):
    chosen = lines[:64]
    first = small.sample(chosen, 0.2, seed=5)
    assert all(small.sample(chosen, 0.2, seed=5) == first for _ in range(20))
    assert small.sample(chosen, 0.2, seed=6) != first
    assert first != small.encode(chosen)
    assert [small.decode(ids) for ids in first] == chosen


def test_sampling_in_one_thread_disturbs_no_other(small, lines):
    chosen = lines[:64]
    expected = {seed: small.sample(chosen, 0.2, seed) for seed in range(3)}
    wrong = []

    def work(seed):
        wrong.append(sum(small.sample(chosen, 0.2, seed) != expected[seed] for _ in range(40)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [0, 0, 0]


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.9))
def test_sampled_pieces_say_the_same_text(small, seed, alpha):
    texts = ["Where is the station?", "größer 猫", ""]
    assert [small.decode(ids) for ids in small.sample(texts, alpha, seed)] == texts


def test_a_newline_byte_is_decoded_as_a_space(small):
    newline = next(id for id in range(len(small)) if small.pieces([id]) == ["<0x0A>"])
    a, b = (small.encode([text])[0] for text in ("station", "hotel"))
    assert small.decode([*a, newline, *b]).split(" ")[0] == "station"
    assert "\n" not in small.decode([*a, newline, newline, *b, newline])


@given(st.lists(st.integers(0, 499)))
def test_any_ids_decode_to_one_line(small, ids):
    text = small.decode(ids)
    assert "\n" not in text
    text.encode()  # bytes that are no character become U+FFFD


def test_load_reads_what_was_trained(small, lines, tmp_path):
    (tmp_path / "tokenizer.model").write_bytes(small.model)
    assert Tokenizer.load(tmp_path / "tokenizer.model").encode(lines[:20]) == small.encode(lines[:20])


def test_what_is_no_model_is_a_user_s_error(tmp_path):
    with pytest.raises(UserError, match="x cannot be read"):
        Tokenizer.load(tmp_path / "x")
    (tmp_path / "x").write_text("not a model")
    with pytest.raises(UserError, match="x is not a SentencePiece model"):
        Tokenizer.load(tmp_path / "x")
