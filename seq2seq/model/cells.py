"""The recurrent cells as Keras layers; their facts are in `seq2seq.model_settings.CELLS`."""

from seq2seq.model.gru import GRU
from seq2seq.model.lstm import LSTM
from seq2seq.model.recurrent import Recurrent
from seq2seq.model.rnn import RNN

CELL_LAYERS: dict[str, type[Recurrent]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
