"""Words of packages that hold outside lists, for one half: names of fields, labels, and forms of secrets, as JSON.

What a word is for comes from the package itself: from the documentation of a member, from the English text of a message.
Arguments: the half, the list of packages, the folder of their archives, and whether all languages are read.
"""

import gzip
import hashlib
import json
import random
import re
import sys
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path

HALF, LIST, FOLDER, MORE = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "all"
MOST = 60
LANGUAGES = set(
    "en de fr es it pt nl pl sv da fi nb no cs sk hu ro ru uk bg el tr ja zh ko ar he fa hi id vi th ca hr sl et lv lt".split()
)
if MORE:
    LANGUAGES |= set(
        "eu gl mk sr bs sq is ga cy mt lb af ms tl sw am ur bn ta te mr gu kn ml pa si ne hy ka az kk ky uz mn km lo my be eo".split()
    )

# What people call it in English: at the end of a phrase that describes a member, or as a whole message.
NOUNS = {
    "date-of-birth": r"dates? of birth|birth ?dates?|birthdays?|dob",
    "phone": r"(?:phone|telephone|mobile|cell|cellular|fax)(?: phone)? numbers?|telephone|phone|mobile phone|cell phone|fax|mobile",
    "email": r"e-?mail(?: address)?",
    "passport": r"passport(?: (?:number|no\.?))?",
    "us-ssn": r"social security number|ssn",
    "iban": r"iban|international bank account number",
    "payment-card": r"card number|primary account number",
    "ip": r"ip(?:v4|v6)? address|ip",
    "password": r"password|passphrase",
    "secret": r"(?:api|secret|access|private|encryption|signing|secret access|secret api) key|client secret|"
    r"(?:access|auth|authentication|api|bearer|refresh|session|security|secret) token|shared secret|webhook secret|secret",
}
NEXT = r"(?=$|[.,;:(*]| (?:of|for|associated|that|used|in|to|on|where|which|provided|as|from|with|when)\b)"
DESCRIBES = {
    group: re.compile(rf"^(?:(?:the|a|an|your|contains the|specifies the) )?(?:[\w'’/-]+ ){{0,4}}?(?:{nouns}){NEXT}", re.I)
    for group, nouns in NOUNS.items()
}
MESSAGE = {
    group: re.compile(rf"(?:your |new |current |old |confirm |primary |work |home |customer |patient )?(?:{nouns})", re.I)
    for group, nouns in NOUNS.items()
}
# Such a member says something about the value.
ABOUT = re.compile(
    r"(?:ids?|types?|verified|enabled|disabled|country|codes?|hash|arn|url|uri|last_?4|last_?four|counts?|status|format|labels?|"
    r"reset|policy|match|results?|errors?|required|consent|length|template|subject|body|domain|at|by|prefix|extension|"
    r"sources?|provider|confirmed|place|city|range|ranges|version|message|name|addresses?_?(?:count)|attempts|year|month|day|"
    r"is\w*|has\w*|supported|allowed|masked\w*|encrypted\w*|notify\w*|fingerprint|bin|brand|token_?type|rotation\w*|expir\w*|ttl|method|mode|key_?(?:alias|name)|public\w*)$",
    re.I,
)
# Alone, such a name says nothing.
EMPTY = set("value number data key from to address source scope text content cert production development sandbox change id".split())
if MORE:
    EMPTY |= set("identifier description contains eq locality".split())


def half(name):
    return "development" if ord(hashlib.sha256(name.encode()).hexdigest()[0]) % 2 == 0 else "heldOut"


def described(text):
    """What a documentation describes: its first sentence must name it at once."""
    first = re.sub(r"<[^>]*>|[`*\\]", "", text).strip()
    first = re.sub(r"\s+", " ", first)[:120]
    for group, pattern in DESCRIBES.items():
        if pattern.match(first):
            return group
    return None


def spoken(name):
    words = re.sub(r"([a-z\d])([A-Z])", r"\1 \2", name)
    return re.sub(r"[_\-.]+", " ", words).lower()


def named(name, doc, fields):
    if not re.fullmatch(r"[A-Za-z_][\w.-]{1,48}", name) or ABOUT.search(name) or name.lower() in EMPTY:
        return
    group = described(doc) if doc else described(spoken(name))
    if group:
        fields[group].add(name)


MEMBER = re.compile(
    r"(?:/\*\*(?P<doc>(?:(?!\*/).){0,600})\*/\s*)?^\s*(?:readonly |public )?'?(?P<name>[A-Za-z_][\w-]*)'?\??:\s*"
    r"(?:string|Date|NullableOption<string>|Nullable<string>)(?:\s*\|\s*(?:null|undefined))*;",
    re.M | re.S,
)


def members(files):
    fields = defaultdict(set)
    for text in files.values():
        for match in MEMBER.finditer(text):
            doc = re.sub(r"^\s*\*", "", match["doc"] or "", flags=re.M)
            named(match["name"], doc.split("@")[0].strip(), fields)
    return fields, {}


PARAMETER = re.compile(
    r"displayName: ['\"](?P<label>[^'\"]{2,40})['\"],\s*name: ['\"](?P<name>\w{2,40})['\"],\s*type: 'string',(?P<rest>.{0,120})", re.S
)


def parameters(files):
    """Only those that are typed in like a password are secret; what they are called does not matter."""
    fields, labels = defaultdict(set), defaultdict(set)
    for text in files.values():
        for match in PARAMETER.finditer(text):
            if re.search(r"password: true", match["rest"].split("displayName")[0]):
                group = "password" if re.search("pass", match["name"], re.I) else "secret"
                if not ABOUT.search(match["name"]):
                    fields[group].add(match["name"])
                    labels[group].add(match["label"])
    return fields, labels


def descriptions(files):
    labels = defaultdict(set)
    for text in files.values():
        for label in re.findall(r"""desc['"]?\s*:\s*['"]([^'"]{3,60})['"]""", text):
            group = described(label)
            if group:
                labels[group].add(label)
    return {}, labels


def message(text):
    plain = re.sub(r"[:*\s]+$", "", text).strip()
    for group, pattern in MESSAGE.items():
        if pattern.fullmatch(plain):
            return group
    return None


ENTRY = re.compile(r"""["']?(?P<key>[\w.$-]+)["']?\s*:\s*(?P<quote>["'`])(?P<text>(?:\\.|(?!(?P=quote)).){1,80})(?P=quote)""")


def language(path):
    name = Path(path).name.split(".")[0] if not path.endswith("index.js") else ""
    code = name if re.match(r"^[a-z]{2}(?:[-_]\w+)?$", name) else Path(path).parent.name
    return re.split(r"[-_]", code)[0].lower(), code


def catalogues(files):
    """Messages whose English text names the data, in all languages: by key, and by how often the key was before."""
    byPart = defaultdict(dict)
    for path, text in files.items():
        short, code = language(path)
        part = path.replace(code, "*")
        entries, seen = {}, defaultdict(int)
        for match in ENTRY.finditer(text):
            seen[match["key"]] += 1
            entries[match["key"], seen[match["key"]]] = match["text"].encode().decode("unicode_escape").encode(
                "latin-1", "ignore").decode("utf-8", "ignore") if "\\u" in match["text"] else match["text"]
        # A key that another file has more often or less often is another one.
        byPart[part].setdefault(code, (short, {(*key, seen[key[0]]): text for key, text in entries.items()}))
    labels = defaultdict(set)
    for languages in byPart.values():
        english = next((languages[code] for code in ("en", "en-US", "en-GB") if code in languages), None)
        if english is None and MORE:
            english = next((own for own in languages.values() if own[0] == "en"), None)
        if english is None:
            continue
        wanted = {key: message(text) for key, text in english[1].items() if message(text)}
        for short, entries in languages.values():
            if short not in LANGUAGES or abs(len(entries) - len(english[1])) > len(english[1]) / 2:
                continue
            for key, group in wanted.items():
                add(labels, group, entries.get(key), short)
    return {}, labels


def add(labels, group, text, short):
    # Other countries have other numbers.
    if text is None or (group == "us-ssn" and short != "en"):
        return
    label = re.sub(r"[:：*\s]+$", "", text).strip()
    if 1 < len(label) < 48 and not re.search(r"[{}%<>\\\n]", label):
        labels[group].add(label)


def messages(files):
    labels = defaultdict(set)
    for path, text in files.items():
        parts = [part for part in Path(path).parts if re.fullmatch(r"[a-z]{2,3}(?:[-_]\w+)?", part)]
        short = re.split(r"[-_]", Path(path).stem)[0] if "i18n" in path else None
        codes = {re.split(r"[-_]", part)[0] for part in parts} | ({short} if short else set())
        if not codes & LANGUAGES:
            continue
        if MORE:
            # Guesses that nobody has looked at: programs don't show them.
            text = "\n\n".join(part for part in text.split("\n\n") if "#, fuzzy" not in part)
        for source, translation in re.findall(r'^msgid "(.*)"\nmsgstr "(.+)"', text, re.M):
            group = message(source)
            if group:
                add(labels, group, source, "en")
                add(labels, group, translation, "en" if codes <= {"en"} else "xx")
    return {}, labels


def shapes(files):
    fields = defaultdict(set)
    for text in files.values():
        known = json.loads(text)["shapes"]
        for shape in known.values():
            for name, member in shape.get("members", {}).items():
                if known[member["shape"]]["type"] == "string" and "enum" not in known[member["shape"]]:
                    named(name, member.get("documentation", ""), fields)
    return fields, {}


def models(files):
    fields, labels = defaultdict(set), defaultdict(set)
    for text in files.values():
        for name, rest in re.findall(r"^\s+(\w+)\s*=\s*models\.(?:Char|Date|Email|Text|GenericIPAddress)Field\((.*)$", text, re.M):
            label = re.search(r"verbose_name\s*=\s*_?\(?['\"]([^'\"]+)", rest)
            named(name, label[1] if label else "", fields)
            named(name, "", fields)
    return fields, labels


def rules(files):
    """Each rule is a source of its own."""
    out = []
    for rule in "".join(files.values()).split("\n- name: ")[1:]:
        name = re.search(r"^  id: (.*)$", rule, re.M)[1]
        pattern = re.search(r"^  pattern: (.*)$", rule, re.M)[1]
        # Of a URL with a password, only the password is secret.
        if half(name) == HALF and not pattern.startswith("|") and "PASSWORD>" not in pattern:
            out.append({"id": name, "pattern": pattern.strip("'\""), "entropy": 3})
    return out


SECRET_PATTERN = re.compile(
    r"""SecretPattern\(\s*id="(?P<id>\w+)".*?regex=re\.compile\((?P<parts>(?:\s*(?:#[^\n]*|r"[^"\n]*"|r'[^'\n]*'))+)""", re.S
)
PART = re.compile(r"""^\s*r(?:"([^"\n]*)"|'([^'\n]*)')""", re.M)
AROUND = r"\(\?<?!(?:\[[^\]]*\]|\\.|[^()\[\]])*\)"
# Of a connection string, only the password is secret.
CONNECTION = re.compile(r"://.*@")


def patterns(files):
    """The same of a scanner in Python: what must not be around a secret is no part of it."""
    out = []
    for text in files.values():
        for match in SECRET_PATTERN.finditer(text):
            pattern = "".join(one or other for one, other in PART.findall(match["parts"]))
            if half(match["id"]) == HALF and ("webhook" in pattern or not CONNECTION.search(pattern)):
                out.append({"id": match["id"], "pattern": re.sub(rf"^{AROUND}|{AROUND}$", "", pattern), "entropy": 3})
    return out


VALUE = re.compile(r"\(\?P<value>((?:\[[^\]]*\]|\\.|[^()\[\]]|\((?:\?:)?(?:\[[^\]]*\]|\\.|[^()\[\]])*\))*)\)")


def values(files):
    """The same of a scanner whose rules name the part that is secret: only those that need nothing before it."""
    out = []
    for text in files.values():
        for rule in text.split("\n- name: ")[1:]:
            name = re.match(r"(.*)", rule)[1].strip().strip("'\"")
            pattern = re.search(r"^  values:\n    - (.*)$", rule, re.M)
            value = VALUE.search(pattern[1]) if pattern and re.search(r"^  type: pattern$", rule, re.M) else None
            # What is before the value is one character that must not be there, or nothing.
            if value is None or half(name) != HALF or not re.fullmatch(rf"['\"]?(?:{AROUND}|\\b|\(\?:)*", pattern[1][: value.start()]):
                continue
            out.append({"id": name, "pattern": re.sub(rf"^{AROUND}|{AROUND}$", "", value[1]), "entropy": 3})
    return out


def secrets(names):
    """All of them are hidden where they are typed in, shown or kept."""
    fields = defaultdict(set)
    for name in names:
        if 2 < len(name) < 48 and not ABOUT.search(name) and name.lower() not in EMPTY:
            fields["password" if re.search("pass|pwd", name, re.I) else "secret"].add(name)
    return fields, {}


def sensitive(files):
    """Members that an infrastructure tool encrypts in its state."""
    return secrets({name for text in files.values() for name in re.findall(r"pulumi\.secret\(\w+\??\.(\w+)\)", text)})


HIDDEN = re.compile(
    r"""^\s+["']?(\w+)["']?\s*(?:=\s*dict\(|:\s*\{|:\s*dict\()[^\n(){}]{0,160}no_log["']?\s*[=:]\s*True|^\s+(\w+): (?:Optional\[)?SecretStr\b""", re.M
)


def hidden(files):
    """Options that are not logged."""
    return secrets({one or other for text in files.values() for one, other in HIDDEN.findall(text)})


RULES = {"rules": rules, "patterns": patterns, "values": values}
READERS = {
    reader.__name__: reader
    for reader in (members, parameters, descriptions, catalogues, messages, shapes, models, sensitive, hidden)
}


def files(archive, pattern):
    wanted = re.compile(pattern)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            some = [(name, opened.read(name)) for name in opened.namelist() if wanted.search(name)]
    else:
        with tarfile.open(archive) as opened:
            some = [(m.name, opened.extractfile(m).read()) for m in opened.getmembers() if m.isfile() and wanted.search(m.name)]
    return {
        name: (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8", "replace") for name, data in sorted(some)
    }


def archive(name, version):
    plain = name.lstrip("@").replace("/", "-")
    found = [
        path
        for path in FOLDER.iterdir()
        if path.name.replace("_", "-").lower().startswith(f"{plain}-{version}".lower().replace("_", "-"))
    ]
    return found[0] if found else None


def main():
    lines = [line.split(None, 4) for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    sources, formats = {}, []
    for _, name, version, reader, pattern in lines:
        path = archive(name, version)
        if path is None:
            continue
        if reader in RULES:
            formats += RULES[reader](files(path, pattern))
        else:
            sources[name] = READERS[reader](files(path, pattern))
    often = defaultdict(set)
    for name, (fields, _) in sources.items():
        for group, names in fields.items():
            for one in names:
                often[group, re.sub(r"[^a-z\d]", "", one.lower())].add(name)
    out = []
    for name, (fields, labels) in sources.items():
        if half(name) != HALF:
            continue
        chance = random.Random(name)
        sections = {"fields": {}, "unusual": {}, "labels": {}}
        for group, names in fields.items():
            usual = {one for one in names if len(often[group, re.sub(r"[^a-z\d]", "", one.lower())]) > 1}
            for section, some in (("fields", usual), ("unusual", names - usual)):
                sections[section][group] = chance.sample(sorted(some), min(MOST, len(some)))
        for group, some in labels.items():
            sections["labels"][group] = chance.sample(sorted(some), min(MOST, len(some)))
        out.append({"source": name, "half": HALF, "sections": sections})
    json.dump({"sources": out, "formats": formats}, sys.stdout, ensure_ascii=False)


main()
