"""publiccode.yml is as its standard (version 0.4) wants it, and says what is so."""

import re
import unittest

import yaml

import harness
from harness import ROOT

STATUS = {"concept", "development", "beta", "stable", "obsolete"}
TYPES = {"standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web",
         "standalone/backend", "standalone/other", "addon", "library", "configurationFiles"}
MAINTENANCE = {"internal", "contract", "community", "none"}
SCOPES = {"agriculture", "culture", "defence", "education", "emergency-services", "employment",
          "energy", "environment", "finance-and-economic-development", "foreign-affairs",
          "government", "healthcare", "infrastructures", "justice", "local-authorities",
          "manufacturing", "research", "science-and-technology", "security", "society",
          "sport", "tourism", "transportation", "welfare"}
CATEGORIES = {"data-analytics", "data-collection", "data-visualization", "reporting-issues"}
KNOWN = {"publiccodeYmlVersion", "name", "url", "softwareVersion", "platforms", "categories",
         "developmentStatus", "softwareType", "intendedAudience", "description", "legal",
         "maintenance", "localisation"}


def faults(code):
    """What is not as the standard wants it."""
    found = [f"{key} is not known" for key in set(code) - KNOWN]

    def must(holds, what):
        if not holds:
            found.append(what)
    must(code.get("publiccodeYmlVersion") in ("0.2", "0.3", "0.4"), "version of the standard")
    for key in ("name", "url"):
        must(isinstance(code.get(key), str) and code[key], key)
    must(re.match(r"https?://[^/]+/", code.get("url", "")), "url is no address")
    must(code.get("platforms") and set(code["platforms"]) <= {
        "web", "windows", "mac", "linux", "ios", "android", "haiku"}, "platforms")
    must(set(code.get("categories", [])) <= CATEGORIES, "categories")
    must(code.get("developmentStatus") in STATUS, "developmentStatus")
    must(code.get("softwareType") in TYPES, "softwareType")
    must(set(code.get("intendedAudience", {}).get("scope", [])) <= SCOPES, "scope")
    must(code.get("description"), "description")
    for language, words in code.get("description", {}).items():
        must(re.fullmatch(r"[a-z]{2}", language), "language")
        must(1 <= len(words.get("shortDescription", "")) <= 150, f"shortDescription {language}")
        must(150 <= len(words.get("longDescription", "")) <= 10000, f"longDescription {language}")
        must(len(words.get("genericName", "")) <= 35, f"genericName {language}")
        must(words.get("features") and all(len(one) <= 100 for one in words["features"]),
             f"features {language}")
    must(code.get("legal", {}).get("license"), "license")
    maintenance = code.get("maintenance", {})
    must(maintenance.get("type") in MAINTENANCE, "maintenance.type")
    if maintenance.get("type") in ("internal", "community"):
        must(maintenance.get("contacts") and all(one.get("name") for one in maintenance["contacts"]),
             "contacts")
    if maintenance.get("type") == "contract":
        must(maintenance.get("contractors"), "contractors")
    localisation = code.get("localisation", {})
    must(isinstance(localisation.get("localisationReady"), bool), "localisationReady")
    must(localisation.get("availableLanguages"), "availableLanguages")
    return found


class PublicCode(unittest.TestCase):
    def setUp(self):
        self.code = yaml.safe_load((ROOT / "publiccode.yml").read_text())

    def test_it_is_as_the_standard_wants_it(self):
        self.assertEqual(faults(self.code), [])

    def test_what_is_wrong_is_found(self):
        for key in sorted(KNOWN - {"softwareVersion", "categories", "intendedAudience"}):
            self.assertTrue(faults({name: value for name, value in self.code.items()
                                    if name != key}), key)
        self.assertEqual(faults({**self.code, "colour": "blue"}), ["colour is not known"])
        self.assertTrue(faults({**self.code, "softwareType": "daemon"}))

    def test_it_says_what_is_so(self):
        version = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGES.md").read_text(), re.M)[1]
        self.assertEqual(self.code["softwareVersion"], version)
        self.assertIn("EUROPEAN UNION PUBLIC LICENCE v. 1.2", (ROOT / "LICENSE").read_text())
        self.assertEqual(self.code["legal"]["license"], "EUPL-1.2")
        self.assertEqual(set(self.code["description"]),
                         set(self.code["localisation"]["availableLanguages"]))
        said = harness.run(harness.LADDERD, "--version", check=0).stdout.decode()
        self.assertEqual(said, f"{self.code['name']} {version}\n")


if __name__ == "__main__":
    unittest.main()
