"""The German verbs: infinitive (a dot after a separable prefix), participle, auxiliary if sein, changed third person."""

from __future__ import annotations

from .german import Verb

_TABLE = """
ab.fahren abgefahren sein fährt
ab.holen abgeholt
ab.reisen abgereist sein
ab.sagen abgesagt
an.fangen angefangen haben fängt
an.kommen angekommen sein
an.probieren anprobiert
an.rufen angerufen
aus.füllen ausgefüllt
aus.schalten ausgeschaltet
aus.steigen ausgestiegen sein
ein.laden eingeladen haben lädt
ein.packen eingepackt
ein.schalten eingeschaltet
ein.steigen eingestiegen sein
mit.bringen mitgebracht
mit.nehmen mitgenommen haben nimmt
statt.finden stattgefunden
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
finden gefunden
fliegen geflogen sein
fragen gefragt
frühstücken gefrühstückt
geben gegeben haben gibt
gefallen gefallen haben gefällt
gehen gegangen sein
halten gehalten haben hält
heißen geheißen
helfen geholfen haben hilft
kaufen gekauft
kommen gekommen sein
kosten gekostet
lernen gelernt
machen gemacht
mieten gemietet
nehmen genommen haben nimmt
öffnen geöffnet
parken geparkt
probieren probiert
putzen geputzt
reparieren repariert
reservieren reserviert
schicken geschickt
schließen geschlossen
schreiben geschrieben
sprechen gesprochen haben spricht
suchen gesucht
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
        if not line:
            continue
        key, participle, *rest = line.split()
        prefix, _, stem_verb = key.rpartition(".")
        auxiliary, third = (*rest, "haben", "")[:2] if len(rest) != 1 else (rest[0], "")
        verbs[prefix + stem_verb] = Verb(prefix, stem_verb, participle, auxiliary, third)
    return verbs


VERBS = _read(_TABLE)

# Finite forms for ich, du, er, wir of the verbs that follow no rule.
FORMS = {
    "sein": "bin bist ist sind", "war": "war warst war waren", "haben": "habe hast hat haben",
    "hatte": "hatte hattest hatte hatten", "können": "kann kannst kann können",
    "müssen": "muss musst muss müssen", "dürfen": "darf darfst darf dürfen", "wollen": "will willst will wollen",
    "möchten": "möchte möchtest möchte möchten", "sollen": "sollte solltest sollte sollten",
    "soll": "soll sollst soll sollen", "werden": "werde wirst wird werden", "musste": "musste musstest musste mussten",
    "konnte": "konnte konntest konnte konnten", "wollte": "wollte wolltest wollte wollten",
    "könnten": "könnte könntest könnte könnten", "wissen": "weiß weißt weiß wissen",
    "brauchen": "brauche brauchst braucht brauchen", "hätten": "hätte hättest hätte hätten",
}  # fmt: skip


def finite(verb: str, person: str) -> str:
    """The present of a verb without its prefix, or a form from the table above."""
    if verb in FORMS:
        return FORMS[verb].split()[("ich", "du", "er", "wir").index(person)]
    return VERBS[verb].present(person)
