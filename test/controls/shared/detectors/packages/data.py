"""Data of installed packages for one half of the corpus, as JSON: numbers, people's data, labels and sentences."""

import json
import random
import re
import sys
from pathlib import Path

import faker
import phonenumbers
import stdnum
from stdnum import iban

HALF = sys.argv[1]
SEED = {"development": 20261130, "heldOut": 613477}[HALF]
EACH = 120
LOCALES = (
    "en_US en_GB de_DE fr_FR es_ES it_IT nl_NL pt_BR pl_PL sv_SE ja_JP en_IN en_AU de_CH es_MX "
    "cs_CZ tr_TR ru_RU el_GR fi_FI ko_KR"
).split()
NAMED = set("US GB DE FR ES IT NL BR IN JP AU CH PL SE MX".split())
# The languages of catalogues that are read: the others have no floor.
LANGUAGES = set(
    "en de fr es it pt pt_BR nl pl sv nb da fi cs sk hu ro ru uk bg el tr ja ja_JP zh_CN zh_Hans ko it_IT".split()
)

chance = random.Random(SEED)
SITE = Path(faker.__file__).parent.parent


def phones():
    """Examples of each kind of number, by region."""
    kinds = [
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
    ]
    out = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        examples = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
        numbers = {phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164) for n in examples if n}
        out[region] = sorted(numbers)
    return out


def value(text, kind, proves):
    return {"text": text, "kind": kind, "proves": proves}


def phone(text, locale):
    """Faker's numbers are random: only those that the numbering plan has."""
    country = locale[-2:]
    core = re.split(r"\s*(?:x|ext\.?)\s*\d+$", text)[0]
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number_for_region(number, country):
        return None
    if re.match(r"\s*(?:\+|00)", text):
        group = "phone-international"
    else:
        group = "phone-national" if country in NAMED else "phone-elsewhere"
    proves = bool(re.search(r"[\s()/-]", core)) and not re.fullmatch(r"\d+(\.\d+){3}", core)
    # The corpus adds extensions of its own, at a place of their own.
    return group, value(core, country, proves)


def people():
    groups = {}

    def add(group, one):
        groups.setdefault(group, []).append(one)

    for locale in LOCALES:
        fake = faker.Faker(locale)
        fake.seed_instance(SEED)
        for _ in range(EACH):
            add("email", value(fake.email(), locale, True))
            add("email", value(fake.company_email(), locale, True))
            found = phone(fake.phone_number(), locale)
            if found:
                add(*found)
            born = fake.date_of_birth(minimum_age=1, maximum_age=95)
            written = chance.choice(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y"])
            add("date-of-birth", value(born.strftime(written), written, False))
            card = fake.credit_card_number()
            # Without a name beside it, Maestro with 12 digits, Visa with 13, JCB with 15, or JCB outside its range.
            weak = len(card) < 14 or re.match("2131|1800|35(?:[01]|2[0-7]|9)", card)
            add("payment-card", value(card, "faker", not weak))
            add("ip", value(fake.ipv4_public(), "v4", True))
            # Faker's addresses are random: most are in ranges that nobody has.
            hosts = chance.getrandbits(64).to_bytes(8, "big").hex(":", 2)
            add("ip", value(f"2{chance.randrange(0x400, 0xDFF):03x}:{chance.randrange(1, 0xFFFF):x}::{hosts}", "v6", True))
        for _ in range(EACH):
            if locale == "en_US":
                add("us-ssn", value(fake.ssn(), "faker", True))
            if hasattr(fake, "passport_number"):
                add("passport", value(fake.passport_number(), locale, False))
    return groups


def accounts():
    """Account numbers of every country in the registry's structures."""
    out = []
    for line in (Path(stdnum.__file__).parent / "iban.dat").read_text().splitlines():
        match = re.match(r'([A-Z]{2}) .*bban="([^"]+)"', line)
        if not match:
            continue
        country, structure = match.groups()
        for _ in range(4):
            bban = ""
            for count, kind in re.findall(r"(\d+)!([nac])", structure):
                letters = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHJKLM"}[kind]
                bban += "".join(chance.choice(letters) for _ in range(int(count)))
            number = country + iban.calc_check_digits(country + "00" + bban) + bban
            out.append(value(chance.choice([number, " ".join(re.findall(".{1,4}", number))]), country, True))
    return out


def messages(path, wanted):
    """Translations of some messages of a catalogue."""
    entries = re.findall(r'^msgid "(.*)"\nmsgstr "(.+)"', path.read_text(encoding="utf-8"), re.M)
    return [text.rstrip(":").replace("\\n", "") for message, text in entries if message.strip().rstrip(":").lower() in wanted]


def labels(pattern, wanted):
    """Labels in the languages that have floors, from the catalogues at `pattern`."""
    out = set()
    for path in sorted(SITE.glob(pattern)):
        language = path.stem if path.parent.name in ("i18n", "locale") else path.parent.parent.name
        if language in LANGUAGES:
            out.update(messages(path, wanted))
    return sorted(out)


def read(path):
    """The text of a package's file; nothing of a package that could not be installed."""
    file = SITE / path
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def source(name, **sections):
    return {"source": name, "half": HALF, "sections": sections}


def development():
    return [
        source(
            "odoo-addon-partner-contact-birthdate, translations",
            labels={"date-of-birth": labels("odoo/addons/partner_contact_birthdate/i18n/*.po", {"birthdate"})},
        ),
        source(
            "django-phonenumber-field, translations",
            labels={"phone": labels("phonenumber_field/locale/*/LC_MESSAGES/django.po", {"phone number"})},
        ),
    ]


def held_out():
    fields = read("hl7apy/v2_5/fields.py")
    names = sorted(set(re.findall(r"'([A-Z][A-Z_]{5,60})'", fields)))
    hl7 = {
        "date-of-birth": [n for n in names if re.search(r"DATE(_TIME)?_OF_BIRTH$", n)],
        "phone": [n for n in names if re.search(r"PHONE(_NUMBER)?(_HOME|_BUSINESS)?$", n)],
        "us-ssn": [n for n in names if re.search(r"SSN|SOCIAL_SECURITY_NUMBER", n)],
        "email": [n for n in names if re.search(r"E_MAIL_ADDRESS", n)],
    }
    templates = read("presidio_evaluator/data_generator/raw_data/templates.txt")
    return [
        source("hl7apy, long names of HL7 v2.5 fields", unusual=hl7),
        source(
            "trytond-party, translations",
            labels={
                "phone": labels("trytond/modules/party/locale/*.po", {"phone", "mobile", "fax"}),
                "email": labels("trytond/modules/party/locale/*.po", {"e-mail", "email"}),
            },
        ),
        source(
            "gnuhealth, translations",
            labels={
                "date-of-birth": labels("trytond/modules/health/locale/*.po", {"date of birth"}),
                "phone": labels("trytond/modules/health/locale/*.po", {"telephone number"}),
            },
        ),
        source(
            "Django, translations of contrib.auth and forms",
            labels={"password": labels("django/contrib/auth/locale/*/LC_MESSAGES/django.po", {"password"})},
        ),
        source("presidio-evaluator, templates", sentences=sentences(templates)),
    ]


def sentences(templates):
    """Templates with one value that is searched for; the others get a word."""
    kinds = {
        "credit_card_number": "payment-card",
        "phone_number": "phone",
        "email": "email",
        "iban": "iban",
        "ssn": "us-ssn",
        "us_ssn": "us-ssn",
        "ip_address": "ip",
        "date_of_birth": "date-of-birth",
        "passport": "passport",
        "us_passport": "passport",
    }
    out = {}
    for line in templates.splitlines():
        found = [kinds[name] for name in re.findall(r"\{\{(\w+)\}\}", line) if name in kinds]
        # Some sentences do not say what the value is.
        if len(found) != 1 or re.search("\ufffd|since|answering|registered", line):
            continue
        kind = found[0]
        own = next(name for name, to in kinds.items() if to == kind and "{{%s}}" % name in line)
        text = line.replace("{{%s}}" % own, "{}").replace("\\n", "\n")
        text = re.sub(r"\{\{(?:person|name|first_name|last_name)\w*\}\}", "{name}", text)
        out.setdefault(kind, []).append(re.sub(r"\{\{\w+\}\}", "Porto", text))
    return out


values = people()
values["iban"] = accounts()
json.dump(
    {
        "phones": phones(),
        "values": values,
        "sources": development() if HALF == "development" else held_out(),
    },
    sys.stdout,
    ensure_ascii=False,
)
