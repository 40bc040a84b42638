"""Batches are a pure function of (seed, epoch, index)."""

import itertools
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.text.parallel import ParallelText, read_parallel
from seq2seq.tokenization.ids import EOS, PAD, pad
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import BatchStream, plan_epoch, token_counts, weighted_rows

lengths = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=80)
seeds = st.integers(0, 2**31 - 1)


def plan(rows, budget, seed=1, epoch=0):
    sides = np.array(rows, np.int32).reshape(-1, 2)
    return [batch.tolist() for batch in plan_epoch(sides[:, 0], sides[:, 1], budget, seed, epoch)]


@pytest.fixture(scope="session")
def text(traveller):
    whole = read_parallel(traveller / "dev.en", traveller / "dev.de")
    return whole.select(range(300))


@pytest.fixture
def stream(text, joint_tokenizer):
    def make(**options):
        return BatchStream(text, TokenizerPair.of(joint_tokenizer), **{"batch_tokens": 300, "seed": 1, **options})

    return make


def same(one, other):
    return np.array_equal(one.source, other.source) and np.array_equal(one.target, other.target)


def test_pad_fills_up_on_the_right():
    padded = pad([[5, 6, 7], [], [8]])
    assert padded.tolist() == [[5, 6, 7], [PAD, PAD, PAD], [8, PAD, PAD]]
    assert padded.dtype == np.int32
    assert pad([]).shape == (0, 0)


@given(lengths, st.integers(1, 300), seeds, st.integers(0, 100))
def test_every_row_comes_once_an_epoch_and_batches_keep_the_budget(rows, budget, seed, epoch):
    batches = plan(rows, budget, seed, epoch)
    assert sorted(itertools.chain(*batches)) == list(range(len(rows)))
    for batch in batches:
        assert batch
        assert len(batch) == 1 or len(batch) * max(max(rows[row]) for row in batch) <= budget


@given(lengths, st.integers(50, 300), seeds, st.integers(0, 100))
def test_a_plan_is_a_function_of_its_arguments(rows, budget, seed, epoch):
    first = plan(rows, budget, seed, epoch)
    plan(rows, budget, seed + 1, epoch)
    np.random.default_rng().random()
    assert plan(rows, budget, seed, epoch) == first


def test_another_seed_or_epoch_gives_another_plan():
    rows = [(n % 20 + 1, n % 17 + 1) for n in range(400)]
    plans = [plan(rows, 200, seed, epoch) for seed in (1, 2) for epoch in (0, 1, 2)]
    for one, other in itertools.combinations(plans, 2):
        assert one != other
        # Not the same batches in another order, either: who is beside whom differs.
        assert len({frozenset(batch) for batch in one} & {frozenset(batch) for batch in other}) < len(one) / 4


def test_batches_come_in_no_order_of_length():
    rows = [(n // 10 + 1, n // 10 + 1) for n in range(400)]
    longest = [max(rows[row][1] for row in batch) for batch in plan(rows, 200)]
    assert abs(np.corrcoef(longest, np.arange(len(longest)))[0, 1]) < 0.5


def test_little_of_real_text_is_padding(traveller, joint_tokenizer):
    text = read_parallel(traveller / "train.en", traveller / "train.de")
    stream = BatchStream(text, TokenizerPair.of(joint_tokenizer), batch_tokens=1500, seed=1)
    for epoch in range(2):
        positions = sum(len(rows) * int(stream.target_lengths[rows].max()) for rows in stream.plan(epoch))
        assert 1 - stream.target_lengths.sum() / positions < 0.05
        used = [
            len(rows) * max(stream.source_lengths[rows].max(), stream.target_lengths[rows].max())
            for rows in stream.plan(epoch)
        ]
        assert np.mean(used) > 0.85 * 1500, "batches are as full as the budget lets them be"


def test_a_batch_holds_its_rows_pieces_and_their_end(stream, text, joint_tokenizer):
    made = stream()
    rows = made.plan(0)[0]
    batch = made.batch(0)
    for ids, lines in ((batch.source, text.sources), (batch.target, text.targets)):
        assert ids.dtype == np.int32
        for row, got in zip(rows, ids.tolist(), strict=True):
            pieces = [*joint_tokenizer.encode([lines[row]])[0], EOS]
            assert got == pieces + [PAD] * (len(got) - len(pieces))


def test_lengths_count_the_end(stream, text, joint_tokenizer):
    made = stream()
    assert made.source_lengths.tolist() == [len(ids) + 1 for ids in joint_tokenizer.encode(text.sources)]
    assert made.target_lengths.tolist() == [len(ids) + 1 for ids in joint_tokenizer.encode(text.targets)]


@pytest.mark.parametrize("sampling", [0.0, 0.2])
def test_a_batch_is_the_same_however_it_is_reached(stream, sampling):
    straight = list(itertools.islice(stream(sampling=sampling).batches(), 60))
    jumping = stream(sampling=sampling)
    for step in (59, 3, 30, 3, 0, 58):
        assert same(jumping.batch(step), straight[step])
    # Two workers: a start and a stride.
    workers = [itertools.islice(stream(sampling=sampling).batches(5 + start, 2), 10) for start in (0, 1)]
    merged = [batch for pair in zip(*workers, strict=True) for batch in pair]
    assert all(same(one, other) for one, other in zip(merged, straight[5:25], strict=True))


@pytest.mark.parametrize("sampling", [0.0, 0.2])
def test_another_seed_gives_other_batches(stream, sampling):
    one, other = stream(sampling=sampling), stream(sampling=sampling, seed=2)
    assert not any(same(one.batch(step), other.batch(step)) for step in range(5))


def test_sampling_differs_from_epoch_to_epoch_and_says_the_same(text, joint_tokenizer):
    # One batch holds all rows, so that epochs differ by order and sampling only.
    stream = BatchStream(text, TokenizerPair.of(joint_tokenizer), batch_tokens=10**6, seed=1, sampling=0.2)
    assert [stream.epoch_start(epoch) for epoch in range(3)] == [0, 1, 2]
    spelt = []
    for step in range(2):
        batch = stream.batch(step)
        rows = stream.plan(step)[0].tolist()
        by_row = dict(zip(rows, batch.target.tolist(), strict=True))
        spelt.append(by_row)
        assert [joint_tokenizer.decode(by_row[row]) for row in range(20)] == [
            joint_tokenizer.decode(ids) for ids in joint_tokenizer.encode(text.targets[:20])
        ]
    trimmed = [[[id for id in ids if id != PAD] for _, ids in sorted(by_row.items())] for by_row in spelt]
    assert sum(one != other for one, other in zip(*trimmed, strict=True)) > len(text) / 2


def test_sampling_is_seeded_anew_in_every_epoch(text, joint_tokenizer):
    # One row is the same batch in every epoch, but for its seed.
    stream = BatchStream(text.select([0]), TokenizerPair.of(joint_tokenizer), batch_tokens=100, seed=1, sampling=0.2)
    assert len({stream.batch(epoch).target.tobytes() for epoch in range(8)}) > 1


def test_both_sides_are_sampled_apart(text, joint_tokenizer):
    twins = ParallelText(text.sources, text.sources)
    batch = BatchStream(twins, TokenizerPair.of(joint_tokenizer), batch_tokens=2000, seed=1, sampling=0.3).batch(0)
    assert batch.source.shape != batch.target.shape or (batch.source != batch.target).any()


def test_steps_and_epochs_agree(stream):
    made = stream()
    step = 0
    for epoch in range(4):
        assert made.epoch_start(epoch) == step
        for index in range(len(made.plan(epoch))):
            assert stream().locate(step) == made.locate(step) == (epoch, index)
            assert made.epochs_at(step) == epoch + index / len(made.plan(epoch))
            step += 1
    # Backwards, with all plans counted already.
    assert made.locate(0) == (0, 0)
    assert made.locate(made.epoch_start(2)) == (2, 0)
    assert made.locate(made.epoch_start(2) - 1) == (1, len(made.plan(1)) - 1)


def test_threads_may_share_a_stream(stream):
    expected = [stream(sampling=0.2).batch(step) for step in range(0, 60, 7)]
    shared = stream(sampling=0.2)
    wrong = []

    def work():
        wrong.append(
            [step for step, batch in zip(range(0, 60, 7), expected, strict=True) if not same(shared.batch(step), batch)]
        )

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [[], [], []]


def test_token_counts_are_the_same_in_blocks(joint_tokenizer):
    lines = [f"line {n}" * (n % 5) for n in range(5000)]
    counts = token_counts(lines, joint_tokenizer)
    assert counts.tolist() == [len(ids) for ids in joint_tokenizer.encode(lines)]


def test_a_plan_of_given_rows_goes_over_them_as_often_as_they_are_given():
    lengths = np.array([5, 9, 3, 7], np.uint16)
    rows = np.array([0, 0, 0, 2, 3], np.int32)
    batches = plan_epoch(lengths, lengths, 12, seed=1, epoch=0, rows=rows)
    assert sorted(itertools.chain(*(batch.tolist() for batch in batches))) == rows.tolist()
    assert all(len(batch) * lengths[batch].max() <= 12 for batch in batches)


@given(lengths, st.integers(20, 300), seeds)
def test_a_plan_depends_on_lengths_and_not_on_their_width(rows, budget, seed):
    sides = np.array(rows).reshape(-1, 2)
    wide = plan_epoch(sides[:, 0], sides[:, 1], budget, seed, 0)
    narrow = plan_epoch(*(side.astype(np.uint16) for side in sides.T), budget, seed, 0)
    assert all(np.array_equal(*both) for both in zip(wide, narrow, strict=True))
    assert [batch.tolist() for batch in wide[1:3]] == [wide[i].tolist() for i in range(len(wide))[1:3]]
    with pytest.raises(IndexError):
        wide[len(wide)]


def test_rows_of_a_length_are_in_chance_order():
    """Who is beside whom among equals must change, or every epoch has the same batches."""
    same = np.full(1000, 10, np.uint16)
    (one,), (other,) = (plan_epoch(same, same, 10**6, 1, epoch) for epoch in (0, 1))
    assert abs(np.corrcoef(one, np.arange(1000))[0, 1]) < 0.2
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.2


def test_a_plan_of_many_rows_is_sorted_across_its_stretches():
    """More rows than are worked on at a time, and lengths beyond what a key holds."""
    count = 150_000
    random = np.random.default_rng(1)
    source, target = (random.integers(1, 40, count).astype(np.int32) for _ in range(2))
    source[7] = target[7] = 100_000
    batches = plan_epoch(source, target, 4000, 1, 0)
    assert np.array_equal(np.sort(np.concatenate(list(batches))), np.arange(count))
    assert max(np.ptp(target[batch]) for batch in batches if 7 not in batch) <= 3
    assert np.mean([len(batch) * max(target[batch].max(), source[batch].max()) for batch in batches]) > 3500


corpora_and_weights = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([0.01, 0.5, 0.75, 1, 1.5, 2, 3])), min_size=1
)


@given(corpora_and_weights, seeds, st.integers(0, 50))
def test_an_epoch_goes_over_each_corpus_by_its_weight(parts, seed, epoch):
    corpora = np.repeat(np.arange(len(parts), dtype=np.uint16), [size for size, _ in parts])
    rows = weighted_rows(corpora, [weight for _, weight in parts], seed, epoch)
    times = np.bincount(rows, minlength=len(corpora))
    for corpus, (size, weight) in enumerate(parts):
        own = times[corpora == corpus]
        if size:
            assert own.sum() == max(1, round(weight * size))
            assert set(own) <= {int(weight), int(weight) + 1}
            assert weight % 1 or set(own) == {weight}
    np.random.default_rng().random()
    assert np.array_equal(weighted_rows(corpora, [weight for _, weight in parts], seed, epoch), rows)


def test_what_a_broken_weight_draws_differs_by_epoch_seed_and_corpus():
    corpora = np.repeat(np.arange(2, dtype=np.uint16), 1000)
    draws = []
    for seed, epoch in ((1, 0), (1, 1), (2, 0)):
        rows = weighted_rows(corpora, [0.5, 0.5], seed, epoch)
        draws += [set(rows[rows < 1000].tolist()), set((rows[rows >= 1000] - 1000).tolist())]
    for one, other in itertools.combinations(draws, 2):
        assert 200 < len(one & other) < 300


def test_a_stream_with_weights_is_addressed_by_step_as_any(text, joint_tokenizer):
    two = ParallelText(text.sources, text.targets, np.repeat(np.arange(2, dtype=np.uint16), [250, 50]))

    def make(*weights):
        return BatchStream(two, TokenizerPair.of(joint_tokenizer), batch_tokens=300, seed=1, weights=weights)

    straight = make(0.5, 3)
    for epoch in range(3):
        times = np.bincount(np.concatenate(list(straight.plan(epoch))), minlength=300)
        assert times[:250].sum() == 125 and set(times[:250]) == {0, 1} and set(times[250:]) == {3}
        assert straight.epoch_start(epoch + 1) - straight.epoch_start(epoch) == len(straight.plan(epoch))
    for step in (straight.epoch_start(2), 3, 0):
        assert same(make(0.5, 3).batch(step), straight.batch(step))
    # Weights of 1 change nothing.
    plain = BatchStream(text, TokenizerPair.of(joint_tokenizer), batch_tokens=300, seed=1)
    assert all(same(make(1, 1).batch(step), plain.batch(step)) for step in range(5))
    assert not same(make(1, 2).batch(0), plain.batch(0))


def test_lengths_that_are_known_are_not_counted_again(text, joint_tokenizer):
    counted = BatchStream(text, TokenizerPair.of(joint_tokenizer), batch_tokens=300, seed=1)

    class Silent:
        def encode(self, lines):
            raise AssertionError("counted again")

    lengths = counted.source_lengths.astype(np.uint16), counted.target_lengths.astype(np.uint16)
    given_them = BatchStream(text, TokenizerPair.of(Silent()), batch_tokens=300, seed=1, lengths=lengths)
    assert all(np.array_equal(*both) for both in zip(given_them.plan(1), counted.plan(1), strict=True))
