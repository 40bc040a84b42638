"""The recurrent cells by the name that a config gives them."""

from seq2seq.model.gru import GRU
from seq2seq.model.lstm import LSTM
from seq2seq.model.recurrent import Recurrent
from seq2seq.model.rnn import RNN

CELLS: dict[str, type[Recurrent]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
