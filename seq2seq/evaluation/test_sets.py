"""The test sets that sacrebleu knows by name: those of WMT, IWSLT, Multi30k and more."""

from pathlib import Path

from sacrebleu.dataset import DATASETS

from seq2seq.errors import UserError, nearest
from seq2seq.evaluation.downloads import Note, fetching, silent


def find_test_set(name: str, languages: str, note: Note = silent) -> tuple[Path, list[Path]]:
    """Finds a test set in sacrebleu's cache, or has sacrebleu download it.

    Args:
        name: Name of the test set, such as "wmt20"; `sacrebleu --list` prints all.
        languages: Source and target language, such as "en-de".
        note: Called with what is downloaded from where.

    Returns:
        The file of the source, and the files of the references.

    Raises:
        UserError: There is no such test set, it is not for these languages, or it cannot be read or downloaded.
    """
    if name not in DATASETS:
        raise UserError(f"there is no test set '{name}': {nearest(name, DATASETS)}")
    dataset = DATASETS[name]
    if languages not in dataset.langpairs:
        raise UserError(f"the test set {name} is not for '{languages}': it has {', '.join(sorted(dataset.langpairs))}")
    with fetching(f"the test set {name}", note):
        source = Path(dataset.get_source_file(languages))
        references = [Path(file) for file in dataset.get_reference_files(languages)]
    if not references:
        raise UserError(f"the test set {name} has no references for {languages}: take another one")
    return source, references
