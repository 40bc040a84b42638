"""LSTM, GRU and plain RNN side by side, on the bundled corpus."""
