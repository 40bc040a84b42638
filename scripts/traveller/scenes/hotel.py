"""At the hotel: rooms, keys, what the room needs."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import a, count, many, maybe, mix, my, named, our, own, surname, the, words
from ..places import at_counter, in_hotel, venue

_with = maybe(
    words(
        ("with a balcony", "mit Balkon"),
        ("with a bathroom", "mit Bad"),
        ("with a kitchen", "mit Küche"),
        ("with a terrace", "mit Terrasse"),
    ),
    0.3,
)
_us = words(("me", "mir"), ("us", "uns"))
_whom = words(("me", "mich"), ("us", "uns"))
_number = times.numeral(1, 99)
_things = mix(a("linen"), count("linen", 4))

ACTS = [
    act(
        "reserve",
        "{x} {w} {n}",
        "reservieren",
        late="{x:acc} {w:de} {n:de}",
        kinds="plan past errand duty wish booked_room needs_papers",
        place=in_hotel,
        x=a("room"),
        w=_with,
        n=maybe(times.nights),
    ),
    act(
        "confirm",
        "{x}",
        "bestätigen",
        definite="{x:acc}",
        kinds="plan past errand ask duty urgent done booked settled contact_aim",
        x=own("reservation"),
    ),
    act(
        "pay",
        "{x}",
        "bezahlen",
        definite="{x:acc}",
        kinds="plan past errand duty urgent done settled",
        place=at_counter,
        x=mix(the("bill"), own("bill")),
    ),
    act("leave", "", "abreisen", kinds="plan past duty urgent depart", company=True),
    act(
        "stay",
        "{d}",
        "bleiben",
        late="{d:de}",
        kinds="plan wish allowed trip needs_papers",
        hours="none",
        company=True,
        place=in_hotel,
        d=times.stay,
    ),
    act(
        "lose",
        "{x}",
        "verlieren",
        definite="{x:acc}",
        kinds="past mishap",
        hours="recent",
        place=venue,
        x=own("belonging"),
    ),
    act(
        "forget",
        "{x}",
        "vergessen",
        definite="{x:acc}",
        kinds="past mishap",
        hours="recent",
        place=venue,
        x=own("belonging"),
    ),
    act(
        "open",
        "{x}",
        "öffnen",
        definite="{x:acc}",
        kinds="plan past errand ask allowed",
        hours="none",
        x=the("opening"),
    ),
    act(
        "close",
        "{x}",
        "schließen",
        definite="{x:acc}",
        kinds="plan past errand ask allowed",
        hours="none",
        x=the("opening"),
    ),
    act(
        "turn off",
        "{x}",
        "ausschalten",
        definite="{x:acc}",
        kinds="plan past errand ask allowed",
        hours="none",
        x=the("device"),
    ),
    act(
        "turn on",
        "{x}",
        "einschalten",
        definite="{x:acc}",
        kinds="plan past errand ask allowed",
        hours="none",
        x=the("device"),
    ),
    act(
        "repair",
        "{x}",
        "reparieren",
        definite="{x:acc}",
        kinds="ask",
        hours="day",
        x=mix(the("device"), the("fixture")),
    ),
    act("bring", "{m} {x}", "bringen", pronoun="{m:de}", late="{x:acc}", kinds="ask", hours="none", m=_us, x=_things),
    act("wake", "{m}", "wecken", pronoun="{m:de}", kinds="ask", hours="morning", m=_whom),
    act("clean", "{x}", "putzen", definite="{x:acc}", kinds="ask habit", hours="day", x=own("room", 0)),
    act(
        "take",
        "{x} {p}",
        "bringen",
        definite="{x:acc}",
        late="{p:de}",
        kinds="plan past ask duty done tiring",
        x=own("luggage", 0.1, 0.3),
        p=words(
            ("to the station", "zum Bahnhof"), ("to the airport", "zum Flughafen"), ("to the harbour", "zum Hafen")
        ),
    ),
]

_wish = mix(a("room", 0.7), a("room", 0.7))
TEMPLATES = [
    say("I would like {x} {w} {n}.", "Ich hätte gern {x:acc} {w:de} {n:de}.", x=_wish, w=_with, n=times.nights),
    say("We would like {x} {w} {n}.", "Wir hätten gern {x:acc} {w:de} {n:de}.", x=_wish, w=_with, n=times.nights),
    say("Do you have {x} {w} {n}?", "Haben Sie {x:acc} {w:de} {n:de}?", x=_wish, w=_with, n=times.nights),
    say(
        "Is there {x} in the room?",
        "Gibt es im Zimmer {x:de}?",
        x=words(
            ("a television", "einen Fernseher"),
            ("a lamp", "eine Lampe"),
            ("air conditioning", "eine Klimaanlage"),
            ("heating", "eine Heizung"),
            ("a shower", "eine Dusche"),
        ),
    ),
    say("How much does {x} cost per night?", "Wie viel kostet {x:nom} pro Nacht?", x=mix(a("room"), the("room"))),
    say("The room costs {p} per night.", "Das Zimmer kostet {p:de} pro Nacht.", p=times.price(30, 100)),
    say(
        "Breakfast is served from {a} to {b}.",
        "Frühstück gibt es von {a:de} bis {b:de}.",
        a=words(("half past six", "halb sieben"), ("seven o'clock", "sieben Uhr"), ("six o'clock", "sechs Uhr")),
        b=words(("ten o'clock", "zehn Uhr"), ("half past ten", "halb elf"), ("eleven o'clock", "elf Uhr")),
    ),
    say("Is breakfast included in the price?", "Ist das Frühstück im Preis inbegriffen?"),
    say("The key to room {n}, please.", "Den Schlüssel für Zimmer {n:de}, bitte.", n=_number),
    say("I am in room {n}.", "Ich bin in Zimmer {n:de}.", n=_number),
    say("Your room number is {n}, {s}.", "Ihre Zimmernummer ist {n:de}, {s:de}.", n=_number, s=named),
    say(
        "Please bring {m} {x} to room {n}.",
        "Bringen Sie {m:de} bitte {x:acc} auf Zimmer {n:de}.",
        n=_number,
        m=_us,
        x=_things,
    ),
    say(
        "You have room {n} on the {f} floor.",
        "Sie haben Zimmer {n:de} im {f:de} Stock.",
        n=_number,
        f=words(("first", "ersten"), ("second", "zweiten"), ("third", "dritten"), ("fourth", "vierten")),
    ),
    say(
        "My name is {s} and I have reserved {x} {n}.",
        "Ich heiße {s:de} und habe {x:acc} {n:de} reserviert.",
        s=surname,
        x=a("room"),
        n=times.nights,
    ),
    say("Here is your key, {s}.", "Hier ist Ihr Schlüssel, {s:de}.", s=named),
    say("Good evening, {s}, your room is ready.", "Guten Abend, {s:de}, Ihr Zimmer ist fertig.", s=named),
    say("There are {x} in our room.", "In unserem Zimmer gibt es {x:acc}.", x=many("linen", ("no", "kein"))),
    say(
        "There are no {x} in the bathroom.",
        "Im Badezimmer gibt es keine {x:de}.",
        x=words(("towels", "Handtücher"), ("clean towels", "sauberen Handtücher")),
    ),
    say("We have no rooms free {t}.", "Wir haben {t:de} keine Zimmer frei.", t=times.future_day),
    say("Is there a lift in this hotel?", "Gibt es in diesem Hotel einen Aufzug?"),
    say("Could we have {x}, please?", "Könnten wir bitte {x:acc} haben?", x=_things),
    say("Could I have {x}, please?", "Könnte ich bitte {x:acc} haben?", x=_things),
    say(
        "Put {x} {p}, please.",
        "Stellen Sie {x:acc} bitte {p:de}.",
        x=mix(my("luggage"), the("luggage")),
        p=words(
            ("next to the bed", "neben das Bett"),
            ("in front of the door", "vor die Tür"),
            ("into the wardrobe", "in den Schrank"),
            ("into the lift", "in den Aufzug"),
        ),
    ),
    say(
        "{x} {x:is} {p}.",
        "{x:nom} {x:ist} {p:de}.",
        x=mix(my("luggage", 0.3), our("luggage", 0.3, 0.5)),
        p=words(
            ("next to the bed", "neben dem Bett"),
            ("in front of the door", "vor der Tür"),
            ("in the wardrobe", "im Schrank"),
            ("in the lift", "im Aufzug"),
        ),
    ),
]
