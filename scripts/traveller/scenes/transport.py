"""Trains, buses, ships and hired cars."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import a, city, count, inland, maybe, mix, named, own, the, words
from ..places import station

_far = words(("by train", "mit dem Zug"), ("by bus", "mit dem Bus"), ("by car", "mit dem Auto"))
_from = words(
    ("from the station", "vom Bahnhof"),
    ("from the airport", "vom Flughafen"),
    ("from the harbour", "vom Hafen"),
    ("from the hotel", "vom Hotel"),
)
_number = times.numeral(1, 24)
_ride = mix(the("train", 0), the("train", 0), the("bus", 0))
_stop = mix(the("sight", 0), the("landmark", 0))

ACTS = [
    act(
        "go",
        "to {c} {v}",
        "fahren",
        late="{v:de} nach {c:de}",
        kinds="plan past wish trip depart habit",
        company=True,
        c=inland,
        v=maybe(_far, 0.6),
    ),
    act(
        "go",
        "to {c} by train",
        "fahren",
        late="mit dem Zug nach {c:de}",
        kinds="plan past wish needs_change",
        company=True,
        c=inland,
    ),
    act(
        "fly",
        "to {c}",
        "fliegen",
        late="nach {c:de}",
        kinds="plan past wish trip depart needs_papers",
        company=True,
        c=city,
    ),
    act(
        "buy",
        "{x} to {c}",
        "kaufen",
        late="{x:acc} nach {c:de}",
        kinds="plan past errand duty booked done settled",
        place=station,
        x=mix(a("ticket", 0), count("ticket", 6)),
        c=inland,
    ),
    act(
        "miss",
        "{x} to {c}",
        "verpassen",
        definite="{x:acc} nach {c:de}",
        kinds="past mishap",
        hours="recent",
        x=_ride,
        c=inland,
    ),
    act("change trains", "in {c}", "umsteigen", late="in {c:de}", kinds="plan past errand duty change", c=inland),
    act("get off", "at {x}", "aussteigen", late="{x:an+dat}", kinds="plan past duty", company=True, x=_stop),
    act("arrive", "in {c}", "ankommen", late="in {c:de}", kinds="past done settled scheduled", company=True, c=city),
    act(
        "come back",
        "from {c}",
        "zurückkommen",
        late="aus {c:de}",
        kinds="plan past duty done settled scheduled",
        company=True,
        c=city,
    ),
    act(
        "pick up",
        "{x} {p}",
        "abholen",
        definite="{x:acc}",
        late="{p:de}",
        kinds="plan past errand ask duty urgent done settled habit",
        x=mix(own("relative", 0.1, 0.15), named),
        p=_from,
    ),
    act(
        "rent",
        "{x} {d}",
        "mieten",
        late="{x:acc} {d:de}",
        kinds="plan past errand wish done needs_papers",
        company=True,
        place=station,
        x=a("rental", 0.5),
        d=maybe(
            words(
                ("for three days", "für drei Tage"),
                ("for a day", "für einen Tag"),
                ("for a week", "für eine Woche"),
                ("for five days", "für fünf Tage"),
            ),
            0.4,
        ),
    ),
    act(
        "return",
        "{x}",
        "zurückgeben",
        definite="{x:acc}",
        kinds="plan past errand duty urgent done settled",
        place=station,
        x=the("rental", 0.3),
    ),
    act(
        "park",
        "{x} {p}",
        "parken",
        definite="{x:acc}",
        late="{p:de}",
        kinds="plan past allowed habit",
        hours="day",
        x=own("vehicle_own", 0),
        p=words(
            ("behind the hotel", "hinter dem Hotel"),
            ("in front of the hotel", "vor dem Hotel"),
            ("next to the station", "neben dem Bahnhof"),
        ),
    ),
]

TEMPLATES = [
    say("A ticket to {c}, please.", "Eine Fahrkarte nach {c:de}, bitte.", c=inland),
    say("{n} to {c}, please.", "{n:acc} nach {c:de}, bitte.", n=count("ticket", 9), c=inland),
    say("How much does a ticket to {c} cost?", "Wie viel kostet eine Fahrkarte nach {c:de}?", c=inland),
    say("A ticket to {c} costs {p}.", "Eine Fahrkarte nach {c:de} kostet {p:de}.", c=inland, p=times.price(8, 100)),
    say("When does {x} to {c} leave?", "Wann fährt {x:nom} nach {c:de} ab?", x=_ride, c=inland),
    say("When does {x} from {c} arrive?", "Wann kommt {x:nom} aus {c:de} an?", x=_ride, c=inland),
    say("{x} to {c} leaves {t}.", "{x:nom} nach {c:de} fährt {t:de} ab.", x=_ride, c=inland, t=times.anytime),
    say("{x} from {c} arrives {t}.", "{x:nom} aus {c:de} kommt {t:de} an.", x=_ride, c=inland, t=times.anytime),
    say(
        "The train to {c} leaves {t} from platform {n}.",
        "Der Zug nach {c:de} fährt {t:de} von Gleis {n:de} ab.",
        c=inland,
        t=times.anytime,
        n=_number,
    ),
    say(
        "The train from {c} arrives {t} on platform {n}.",
        "Der Zug aus {c:de} kommt {t:de} auf Gleis {n:de} an.",
        c=inland,
        t=times.anytime,
        n=_number,
    ),
    say(
        "From which platform does the train to {c} leave?", "Von welchem Gleis fährt der Zug nach {c:de} ab?", c=inland
    ),
    say("{x} to {c} is {n} late.", "{x:nom} nach {c:de} hat {n:de} Verspätung.", x=_ride, c=inland, n=times.minutes),
    say(
        "Does this {x} stop at {y}?",
        "Hält {x:de} {y:an+dat}?",
        y=_stop,
        x=words(("bus", "dieser Bus"), ("tram", "diese Straßenbahn")),
    ),
    say(
        "Take bus number {n} and get off at {y}.",
        "Nehmen Sie den Bus Nummer {n:de} und steigen Sie {y:an+dat} aus.",
        n=times.numeral(2, 99),
        y=_stop,
    ),
    say("When does {x} leave?", "Wann fährt {x:nom} ab?", x=the("ship")),
    say("{x} leaves {t}.", "{x:nom} fährt {t:de} ab.", x=mix(the("ship"), the("tram")), t=times.appointed),
    say(
        "Bus number {n} goes to {y}.",
        "Der Bus Nummer {n:de} fährt {y:zu+dat}.",
        n=times.numeral(20, 99),
        y=the("place", 0),
    ),
    say("Is this seat free?", "Ist dieser Platz frei?"),
    say(
        "I have seat {n} in carriage {m}.",
        "Ich habe Platz {n:de} in Wagen {m:de}.",
        n=times.numeral(11, 99),
        m=times.numeral(1, 12),
    ),
    say("Do I have to change trains in {c}?", "Muss ich in {c:de} umsteigen?", c=inland),
    say(
        "There are no seats left on {x} to {c}.", "{x:in+dat} nach {c:de} gibt es keine Plätze mehr.", x=_ride, c=inland
    ),
    say("The journey takes {n}.", "Die Fahrt dauert {n:de}.", n=mix(times.minutes, times.hours)),
    say("How long does the journey to {c} take?", "Wie lange dauert die Fahrt nach {c:de}?", c=inland),
    say(
        "Which {x} goes to {y}?",
        "{x:de} fährt {y:zu+dat}?",
        y=the("place", 0),
        x=words(("bus", "Welcher Bus"), ("tram", "Welche Straßenbahn")),
    ),
    say("Take me to {y}, please.", "Bringen Sie mich bitte {y:zu+dat}.", y=the("place")),
    say(
        "How much does it cost to rent {x} {d}?",
        "Wie viel kostet es, {x:acc} {d:de} zu mieten?",
        x=a("rental"),
        d=words(("for three days", "für drei Tage"), ("for a day", "für einen Tag"), ("for a week", "für eine Woche")),
    ),
    say(
        "{x} to {c} runs every {n}.",
        "{x:nom} nach {c:de} fährt alle {n:de}.",
        x=_ride,
        c=inland,
        n=words(
            *(
                (f"{e} minutes", f"{d} Minuten")
                for e, d in (
                    ("ten", "zehn"),
                    ("fifteen", "fünfzehn"),
                    ("twenty", "zwanzig"),
                    ("thirty", "dreißig"),
                    ("forty-five", "fünfundvierzig"),
                )
            )
        ),
    ),
]
