"""What can `encode` and `step`: the engines that a search runs on (see `seq2seq.search.interface`)."""
