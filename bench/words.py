"""What customers of a florist write: sentences by templates, with a long tail of rarer words as in real mail."""

from __future__ import annotations

import random

FIRST_NAMES = (
    "Anna Bruno Carla David Elena Farid Greta Hugo Ines Jakob Karin Lena Marek Nadia Oskar Paula Quentin Rosa Sven "
    "Tara Ulla Viktor Wanda Xenia Yusuf Zoe Amélie Björn Chloé Dörte Émile François Gürkan Håkon Ioana José"
).split()
LAST_NAMES = (
    "Albrecht Berger Castillo Dumont Eriksen Fischer García Haddad Ivanova Jansen Kowalski Lindqvist Müller Novák "
    "Olsen Petit Quist Rossi Schäfer Taylor Ullmann Vargas Weber Yilmaz Zimmermann O'Brien Nguyen Okafor Silva Tanaka"
).split()
PUBLIC_DOMAINS = ("gmail.com", "outlook.com", "gmx.net", "web.de", "yahoo.com", "icloud.com", "proton.me")
FLOWERS = (
    "roses tulips peonies lilies orchids sunflowers dahlias hydrangeas carnations freesias ranunculus irises".split()
)
PLACES = "Berlin Lyon Porto Malmö Kraków Gent Bologna Leeds Graz Basel Tartu Split Cork Bilbao Ghent Turku".split()
SUBJECTS = (
    "Delivery of order {order} to {place}",
    "Question about {flower}",
    "Invoice for order {order}",
    "Wrong card with my bouquet",
    "{flower} arrived wilted",
    "Change of address, order {order}",
    "Wedding flowers in {place}, {rare}",
    "Re-order: {flower} and {flower2}",
    "Can I still cancel?",
    "Rückfrage zur Bestellung {order}",
)
SENTENCES = (
    "I ordered {count} {flower} on {day} and the order number is {order}.",
    "The delivery to {place} was promised for {day}, but nothing has arrived so far.",
    "Could you please tell me when the {flower} will be delivered?",
    "My sister lives in {place} and her birthday is on {day}.",
    "The card should read {rare} {rare2}, exactly as written.",
    "We also need {count} {flower2} for the {rare} hall.",
    "Please send the invoice to our office in {place}, attention {rare}.",
    "The bouquet looked wonderful, only the {flower} had brown edges.",
    "Is it possible to change the delivery address to {rare} street {count}?",
    "Last time your colleague offered a voucher over {count} euro.",
    "I tried to call you twice but the line was busy.",
    "If that is not possible, I would rather cancel the order {order}.",
    "The courier left the box with a neighbour called {rare} {rare2}.",
    "Für die Hochzeit im {place} brauchen wir noch {count} {flower}.",
    "Thank you for your quick help with the {rare} arrangement.",
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SYLLABLES = (
    "ka lo mi ra ten sil vo bar dun fel gri hap jor kel mon nus pel qui ros sta tur ven wex yar zol am er".split()
)
_TAIL = 6000


def rare_word(rng: random.Random) -> str:
    """A made-up word from a vocabulary of some thousands; early ones come far more often than late ones."""
    rank = min(int(rng.paretovariate(0.9)), _TAIL)
    made = random.Random(rank)
    return "".join(made.choice(_SYLLABLES) for _ in range(made.randint(2, 4)))


def fill(template: str, rng: random.Random) -> str:
    """A template with its blanks filled."""
    flower, flower2 = rng.sample(FLOWERS, 2)
    return template.format(
        flower=flower, flower2=flower2, place=rng.choice(PLACES), day=rng.choice(DAYS),
        order=f"A{rng.randint(10_000, 99_999)}", count=rng.randint(2, 90), rare=rare_word(rng), rare2=rare_word(rng),
    )  # fmt: skip


def subject(rng: random.Random) -> str:
    """A subject line."""
    return fill(rng.choice(SUBJECTS), rng)


def paragraph(rng: random.Random, sentences: int) -> str:
    """So many sentences in one line."""
    return " ".join(fill(rng.choice(SENTENCES), rng) for _ in range(sentences))


def person(rng: random.Random, number: int) -> tuple[str, str]:
    """Name and address of customer `number`: different for each number."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    ascii_last = "".join(char for char in last.lower() if char.isascii() and char.isalpha())
    domain = rng.choice(PUBLIC_DOMAINS) if rng.random() < 0.6 else f"{rare_word(rng)}-{rng.randint(1, 400)}.example"
    return f"{first} {last}", f"{ascii_last}.{number}@{domain}"
