"""What the peers find in the same texts: one JSON line in, one line of results out.

In: {"peer": "presidio" or "detect-secrets", "tasks": [{"group", "kind", "text", "value", "slack"}]}; without a value,
whether anything is found counts. Out: a list of true and false, and null where the peer has no such data.
"""

import json
import logging
import os
import sys
import tempfile

logging.disable(logging.CRITICAL)

ENTITIES = {
    "email": "EMAIL_ADDRESS",
    "phone-international": "PHONE_NUMBER",
    "phone-national": "PHONE_NUMBER",
    "phone-elsewhere": "PHONE_NUMBER",
    "payment-card": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "us-ssn": "US_SSN",
    "ip": "IP_ADDRESS",
    "date-of-birth": "DATE_TIME",
    "passport": "US_PASSPORT",
}
# What Presidio's own demonstration shows.
LEAST_SCORE = 0.35


class Presidio:
    """The recognizers by patterns, without a model: a blank tokenizer gives them the words around a find."""

    def __init__(self):
        import spacy
        import tldextract
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import SpacyNlpEngine

        # Without it, the recognizer of e-mail addresses asks the network for a list.
        tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

        class Blank(SpacyNlpEngine):
            def __init__(self):
                super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
                self.nlp = {"en": spacy.blank("en")}

            def load(self):
                pass

            def process_text(self, text, language):
                made = super().process_text(text, language)
                made.lemmas = [str(token).lower() for token in made.tokens]
                made.keywords = list(made.lemmas)
                return made

        self.engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
        self.phones = {}

    def phone(self, region):
        from presidio_analyzer.predefined_recognizers import PhoneRecognizer

        if region not in self.phones:
            self.phones[region] = PhoneRecognizer(supported_regions=[region])
        return self.phones[region]

    def spans(self, group, kind, text):
        entity = ENTITIES.get(group)
        if entity is None:
            return None
        if entity == "PHONE_NUMBER":
            region = kind if len(kind) == 2 and group != "phone-international" else "US"
            found = self.phone(region).analyze(text, [entity], None)
        else:
            found = self.engine.analyze(text, language="en", entities=[entity], score_threshold=LEAST_SCORE)
        return [(one.start, one.end) for one in found if one.score >= LEAST_SCORE]


class DetectSecrets:
    """Its plugins with the default settings, on a file with the text."""

    def __init__(self):
        from detect_secrets.core.scan import scan_file
        from detect_secrets.settings import default_settings

        self.scan_file = scan_file
        self.settings = default_settings()
        self.settings.__enter__()
        self.file = os.path.join(tempfile.mkdtemp(), "text.txt")

    def spans(self, group, kind, text):
        if not group.startswith("secret"):
            return None
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)
        out = []
        for one in self.scan_file(self.file):
            if one.type == "Private Key":
                out.append((0, len(text)))
            elif one.secret_value:
                at = text.find(one.secret_value)
                if at >= 0:
                    out.append((at, at + len(one.secret_value)))
        return out


def is_found(spans, task):
    if spans is None:
        return None
    value = task.get("value")
    if value is None:
        return len(spans) > 0
    # It flags the first line of a private key only.
    if "PRIVATE KEY" in value:
        return len(spans) > 0
    at = task["text"].find(value)
    end = at + len(value)
    return at >= 0 and any(s <= at and e >= end and e - s - len(value) <= task["slack"] for s, e in spans)


given = json.load(sys.stdin)
peer = Presidio() if given["peer"] == "presidio" else DetectSecrets()
results = []
for task in given["tasks"]:
    try:
        spans = peer.spans(task["group"], task["kind"], task["text"])
    except Exception:  # A peer that fails on a text has not found anything in it.
        spans = []
    results.append(is_found(spans, task))
json.dump(results, sys.stdout)
