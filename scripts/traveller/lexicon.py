"""Nouns and adjectives by what can sensibly be said of them.

One noun a line: English = German with its article / German plural : classes : adjectives.
A star marks the weak nouns (den Kollegen), a dash a noun that is not used in the plural.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import english, german

_NOUNS = """
room = das Zimmer/Zimmer : room : room
single room = das Einzelzimmer/Einzelzimmer : room : room
double room = das Doppelzimmer/Doppelzimmer : room : room
holiday apartment = die Ferienwohnung/Ferienwohnungen : room : room
window = das Fenster/Fenster : opening :
door = die Tür/Türen : opening :
heating = die Heizung/- : device :
lamp = die Lampe/Lampen : device :
television = der Fernseher/Fernseher : device :
air conditioning = die Klimaanlage/- : device :
shower = die Dusche/Duschen : fixture :
lift = der Aufzug/Aufzüge : fixture :
towel = das Handtuch/Handtücher : linen : linen
pillow = das Kissen/Kissen : linen : linen
blanket = die Decke/Decken : linen : linen
suitcase = der Koffer/Koffer : luggage belonging lost breakable personal : luggage
bag = die Tasche/Taschen : luggage belonging lost wares personal : luggage
backpack = der Rucksack/Rucksäcke : luggage belonging lost personal : luggage
passport = der Pass/Pässe : belonging document personal :
wallet = die Geldbörse/Geldbörsen : belonging lost personal : coloured
camera = die Kamera/Kameras : belonging lost breakable personal : new
umbrella = der Regenschirm/Regenschirme : belonging lost breakable personal : coloured
mobile phone = das Handy/Handys : belonging lost breakable personal : new
key = der Schlüssel/Schlüssel : belonging personal :
menu = die Speisekarte/Speisekarten : table :
bill = die Rechnung/Rechnungen : bill :
glass = das Glas/Gläser : tableware : clean
knife = das Messer/Messer : tableware : clean
fork = die Gabel/Gabeln : tableware : clean
spoon = der Löffel/Löffel : tableware : clean
plate = der Teller/Teller : tableware : clean
soup = die Suppe/Suppen : dish hot : hot
salad = der Salat/Salate : dish : fresh
fish = der Fisch/- : food hot : fresh
chicken = das Hähnchen/- : dish hot : fresh
omelette = das Omelett/Omeletts : dish : fresh
schnitzel = das Schnitzel/Schnitzel : dish hot : fresh
sausage = die Bratwurst/Bratwürste : dish hot : hot
cake = der Kuchen/- : food : fresh
pizza = die Pizza/Pizzas : dish hot : hot
coffee = der Kaffee/- : drink hot :
tea = der Tee/- : drink hot :
beer = das Bier/- : drink : cold
orange juice = der Orangensaft/- : drink : cold
train = der Zug/Züge : train :
bus = der Bus/Busse : bus :
tram = die Straßenbahn/Straßenbahnen : tram :
ferry = die Fähre/Fähren : ship :
ship = das Schiff/Schiffe : ship :
car = das Auto/Autos : rental vehicle_own : rental
bicycle = das Fahrrad/Fahrräder : rental : rental
scooter = der Roller/Roller : rental : rental
ticket = die Fahrkarte/Fahrkarten : ticket :
station = der Bahnhof/Bahnhöfe : place station near : old
airport = der Flughafen/Flughäfen : place station near : big
harbour = der Hafen/Häfen : place station near : old
museum = das Museum/Museen : place sight outing near : old
church = die Kirche/Kirchen : place sight near : old
castle = das Schloss/Schlösser : place sight near : old
town hall = das Rathaus/Rathäuser : place sight near : old
bridge = die Brücke/Brücken : crossing landmark near : old
street = die Straße/Straßen : crossing loud : old
square = der Platz/Plätze : crossing landmark : old
park = der Park/Parks : place near : big
theatre = das Theater/Theater : place outing near : old
cinema = das Kino/Kinos : place outing near : small
hospital = das Krankenhaus/Krankenhäuser : place near : big
pharmacy = die Apotheke/Apotheken : place shop near : small
bank = die Bank/Banken : place shop money near : big
supermarket = der Supermarkt/Supermärkte : place shop near : big
bakery = die Bäckerei/Bäckereien : place shop near : small
bookshop = die Buchhandlung/Buchhandlungen : place shop near : small
department store = das Kaufhaus/Kaufhäuser : place shop store near : big
shop = das Geschäft/Geschäfte : store : small
market hall = die Markthalle/Markthallen : place store near : old
hotel = das Hotel/Hotels : place lodging venue : stay
guest house = die Pension/Pensionen : lodging : stay
restaurant = das Restaurant/Restaurants : place venue eatery : stay
café = das Café/Cafés : place venue eatery : stay
jacket = die Jacke/Jacken : clothes sized wares : coloured
coat = der Mantel/Mäntel : clothes sized wares : coloured
dress = das Kleid/Kleider : clothes sized wares : coloured
shirt = das Hemd/Hemden : clothes sized wares : coloured
skirt = der Rock/Röcke : clothes sized wares : coloured
hat = der Hut/Hüte : clothes wares : coloured
sweater = der Pullover/Pullover : clothes sized wares : coloured
shoe = der Schuh/Schuhe : shoes : coloured
glove = der Handschuh/Handschuhe : shoes : coloured
book = das Buch/Bücher : gift : gift
ring = der Ring/Ringe : gift : gift
watch = die Uhr/Uhren : gift belonging breakable personal : gift
picture = das Bild/Bilder : gift : gift
city map = der Stadtplan/Stadtpläne : small_ware : new
newspaper = die Zeitung/Zeitungen : small_ware :
postcard = die Postkarte/Postkarten : small_ware : nice
stamp = die Briefmarke/Briefmarken : small_ware :
form = das Formular/Formulare : paper form :
contract = der Vertrag/Verträge : paper :
man = der Mann/Männer : stranger he : person
woman = die Frau/Frauen : stranger she : person
tourist = der Tourist*/Touristen : stranger he : person
lady = die Dame/Damen : stranger she : person
guest = der Gast/Gäste : stranger guests he : person
waiter = der Kellner/Kellner : staff he : friendly
waitress = die Kellnerin/Kellnerinnen : staff she : friendly
driver = der Fahrer/Fahrer : staff he : friendly
doctor = der Arzt/Ärzte : expert he : friendly
dentist = der Zahnarzt/Zahnärzte : expert he : friendly
hairdresser = der Friseur/Friseure : expert he : friendly
policeman = der Polizist*/Polizisten : staff he : friendly
boss = der Chef/- : relative he :
manager = der Geschäftsführer/Geschäftsführer : manager he :
colleague = der Kollege*/Kollegen : relative he : mate
neighbour = der Nachbar*/Nachbarn : relative guests he : mate
friend = der Freund/Freunde : relative he : good
brother = der Bruder/Brüder : relative family he :
sister = die Schwester/Schwestern : relative family she :
son = der Sohn/Söhne : relative family he :
daughter = die Tochter/Töchter : relative family she :
wife = die Frau/- : relative family spouse she :
husband = der Mann/- : relative family spouse he :
mother = die Mutter/- : relative family she :
father = der Vater/- : relative family he :
appointment = der Termin/Termine : appointment :
meeting = die Besprechung/Besprechungen : event appointment arranged : important
concert = das Konzert/Konzerte : event show :
city tour = die Stadtführung/Stadtführungen : event show arranged :
excursion = der Ausflug/Ausflüge : event arranged : long
party = die Feier/Feiern : event arranged :
film = der Film/Filme : show :
reservation = die Reservierung/Reservierungen : reservation :
city = die Stadt/Städte : city : city
"""

_ADJECTIVES = {
    "room": "quiet=ruhig large=groß small=klein cheap=günstig bright=hell comfortable=bequem "
            "quieter=ruhiger larger=größer cheaper=günstiger",
    "small": "small=klein large=groß",
    "linen": "clean=sauber dry=trocken second=zweit",
    "luggage": "heavy=schwer old=alt black=schwarz red=rot large=groß green=grün",
    "coloured": "red=rot blue=blau green=grün black=schwarz new=neu grey=grau",
    "new": "new=neu expensive=teuer old=alt",
    "clean": "clean=sauber second=zweit small=klein",
    "hot": "hot=heiß small=klein good=gut",
    "fresh": "fresh=frisch small=klein good=gut",
    "cold": "cold=kalt small=klein large=groß",
    "rental": "small=klein new=neu cheap=günstig red=rot",
    "old": "old=alt new=neu large=groß beautiful=schön",
    "big": "large=groß new=neu old=alt",
    "stay": "small=klein new=neu cheap=günstig quiet=ruhig good=gut old=alt",
    "gift": "beautiful=schön old=alt expensive=teuer new=neu",
    "mate": "new=neu young=jung old=alt",
    "nice": "beautiful=schön old=alt",
    "person": "young=jung old=alt friendly=freundlich",
    "friendly": "friendly=freundlich new=neu young=jung",
    "good": "good=gut old=alt",
    "important": "important=wichtig long=lang",
    "long": "long=lang short=kurz beautiful=schön",
    "city": "beautiful=schön large=groß small=klein old=alt",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A noun of both languages."""

    english: str
    noun: german.Noun
    classes: tuple[str, ...]
    adjectives: tuple[tuple[str, str], ...]

    @property
    def english_plural(self) -> str:
        return english.plural(self.english)

    @property
    def possessive(self) -> tuple[str, str]:
        """What is his or hers: "the woman who lost her key"."""
        if "she" in self.classes:
            return ("her", "ihr")
        return ("his", "sein") if "he" in self.classes else ("its", "sein")


def _adjectives(kind: str) -> tuple[tuple[str, str], ...]:
    pairs = (item.partition("=") for item in _ADJECTIVES.get(kind, "").split())
    return tuple((left, right) for left, _, right in pairs)


def _entry(line: str) -> Entry:
    words, classes, adjectives = (part.strip() for part in line.split(":"))
    name, _, rest = words.partition(" = ")
    article, _, forms = rest.partition(" ")
    singular, _, plural = forms.partition("/")
    gender = {"der": "m", "die": "f", "das": "n"}[article]
    noun = german.Noun(singular.rstrip("*"), gender, "" if plural == "-" else plural, singular.endswith("*"))
    return Entry(name, noun, tuple(classes.split()), _adjectives(adjectives))


ENTRIES = tuple(_entry(line) for line in _NOUNS.strip().split("\n"))
FIRST_NAMES_SHE = ("Anna", "Julia", "Maria", "Laura", "Clara", "Nora")
FIRST_NAMES_HE = ("Peter", "Paul", "Thomas", "Felix", "Martin", "Oskar")
SURNAMES = ("Weber", "Schneider", "Fischer", "Wagner", "Hoffmann", "Keller", "Lang", "Brandt")
INLAND = (("Berlin", "Berlin"), ("Hamburg", "Hamburg"), ("Munich", "München"), ("Vienna", "Wien"),
          ("Cologne", "Köln"), ("Zurich", "Zürich"), ("Dresden", "Dresden"), ("Salzburg", "Salzburg"),
          ("Leipzig", "Leipzig"), ("Bremen", "Bremen"))  # fmt: skip
CITIES = (*INLAND, ("London", "London"), ("Paris", "Paris"))


def of_class(name: str) -> tuple[Entry, ...]:
    found = tuple(entry for entry in ENTRIES if name in entry.classes)
    if not found:
        raise KeyError(f"no noun of class {name}")
    return found
