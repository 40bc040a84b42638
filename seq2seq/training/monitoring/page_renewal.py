"""Drawing training.html of a run outside its updates; whatever goes wrong is reported, and nothing else."""

from pathlib import Path

from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.run_status import RunStatus
from seq2seq.training.monitoring.training_page import write_training_page


def renew_page(run_folder: Path, reporter: Reporter, status: RunStatus | None = None) -> None:
    """Draws training.html.

    Args:
        run_folder: Folder of the run.
        reporter: Is told of a failure.
        status: What the run is doing; None if no process trains it.
    """
    try:
        write_training_page(run_folder, status=status)
    except Exception as error:  # a picture is not worth a run, whatever is wrong with it
        report_failure("training.html", error, reporter)


def report_failure(what: str, error: Exception, reporter: Reporter) -> None:
    """Reports that something could not be drawn."""
    reason = " ".join(str(error).split()) or type(error).__name__
    reporter.say(f"could not show {what} ({reason}); training continues")
