"""The German verbs, one a line: infinitive with a dot after a separable prefix, participle, and what is not regular.

That is the auxiliary where it is sein, and the third person where its vowel changes.
"""

from __future__ import annotations

from .everyday.tables import table
from .german import Verb

_TABLE = """
ab.holen abgeholt
ab.reisen abgereist sein
ab.sagen abgesagt
an.kommen angekommen sein
an.probieren anprobiert
an.rufen angerufen
aus.füllen ausgefüllt
aus.schalten ausgeschaltet
aus.steigen ausgestiegen sein
ein.laden eingeladen haben lädt
ein.packen eingepackt
ein.schalten eingeschaltet
mit.bringen mitgebracht
mit.nehmen mitgenommen haben nimmt
um.steigen umgestiegen sein
um.tauschen umgetauscht
vorbei.kommen vorbeigekommen sein
zurück.geben zurückgegeben haben gibt
zurück.bringen zurückgebracht
zurück.kommen zurückgekommen sein
arbeiten gearbeitet
besichtigen besichtigt
bestätigen bestätigt
bestellen bestellt
besuchen besucht
bezahlen bezahlt
bleiben geblieben sein
bringen gebracht
danken gedankt
empfehlen empfohlen haben empfiehlt
erklären erklärt
essen gegessen haben isst
fahren gefahren sein fährt
fliegen geflogen sein
fragen gefragt
frühstücken gefrühstückt
geben gegeben haben gibt
gefallen gefallen haben gefällt
gehen gegangen sein
helfen geholfen haben hilft
brauchen gebraucht
kaufen gekauft
kommen gekommen sein
kosten gekostet
lernen gelernt
mieten gemietet
öffnen geöffnet
parken geparkt
putzen geputzt
reparieren repariert
reservieren reserviert
schicken geschickt
schließen geschlossen
schreiben geschrieben
sprechen gesprochen haben spricht
treffen getroffen haben trifft
trinken getrunken
überqueren überquert
unterschreiben unterschrieben
verlieren verloren
vergessen vergessen haben vergisst
verpassen verpasst
verschieben verschoben
vereinbaren vereinbart
warten gewartet
wecken geweckt
wechseln gewechselt
wohnen gewohnt
zeigen gezeigt
"""


def _read(table: str) -> dict[str, Verb]:
    verbs = {}
    for line in table.split("\n"):
        if not line or line.startswith("#"):
            continue
        key, participle, *rest = line.replace("_", "_.").split()
        prefix, _, stem_verb = key.rpartition(".")
        prefix = prefix.replace("_", " ")
        auxiliary, third = rest + ["haben", ""][len(rest) :]
        verbs[prefix + stem_verb] = Verb(prefix, stem_verb, participle.replace("_.", " "), auxiliary, third)
    return verbs


VERBS = _read(_TABLE)
_EVERYDAY = _read("\n".join(table("german_verbs")))


def lookup(infinitive: str) -> Verb:
    """A verb of the older grammar, or of the everyday sentences.

    Raises:
        KeyError: neither has it.
    """
    return VERBS[infinitive] if infinitive in VERBS else _EVERYDAY[infinitive]


# Finite forms for ich, du, er, wir of the verbs that follow no rule.
FORMS = {
    "sein": "bin bist ist sind",
    "haben": "habe hast hat haben",
    "können": "kann kannst kann können",
    "müssen": "muss musst muss müssen",
    "dürfen": "darf darfst darf dürfen",
    "wollen": "will willst will wollen",
    "möchten": "möchte möchtest möchte möchten",
    "sollen": "sollte solltest sollte sollten",
    "soll": "soll sollst soll sollen",
    "werden": "werde wirst wird werden",
    "musste": "musste musstest musste mussten",
    "konnte": "konnte konntest konnte konnten",
    "wollte": "wollte wolltest wollte wollten",
    "wurde": "wurde wurdest wurde wurden",
}  # fmt: skip


def finite(verb: str, person: str) -> str:
    """The present of a verb without its prefix, or a form from the table above."""
    if verb in FORMS:
        return FORMS[verb].split()[("ich", "du", "er", "wir").index(person)]
    return lookup(verb).present(person)
