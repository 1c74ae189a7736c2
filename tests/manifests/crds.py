"""Holds manifests against CustomResourceDefinitions: crds.py FOLDER MANIFESTS

MANIFESTS is a list in JSON. Prints, in JSON, the manifests that a definition is there for, by number, each with what is
wrong with it. A field that a definition does not know is wrong: a cluster would drop it without a word. What is written
in CEL (x-kubernetes-validations) is not looked at.
"""

import glob
import json
import sys

import jsonschema
import yaml

PARTS = ("allOf", "anyOf", "oneOf", "not")


def strict(schema):
    """The schema in the words of JSON Schema, closed where the definition says nothing else."""
    if not isinstance(schema, dict):
        return schema
    strict_one = {}
    for key, value in schema.items():
        if key == "properties":
            strict_one[key] = {name: strict(field) for name, field in value.items()}
        elif key in ("items", "additionalProperties"):
            strict_one[key] = strict(value)
        elif key == "type" and schema.get("nullable"):
            strict_one[key] = [value, "null"]
        elif key in PARTS or not key.startswith("x-"):
            # The parts of allOf and its like name some of the fields; the schema around them names all.
            strict_one[key] = value
    keeps = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if "properties" in schema and not keeps:
        strict_one["additionalProperties"] = False
    return strict_one


def validators(folder):
    """A validator for each version and kind."""
    found = {}
    for file in glob.glob(folder + "/*.yaml"):
        with open(file, encoding="utf-8") as text:
            definitions = [part for part in yaml.safe_load_all(text) if part]
        for definition in definitions:
            spec = definition["spec"]
            for version in spec["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                for name, kind in (("apiVersion", "string"), ("kind", "string"), ("metadata", "object")):
                    schema["properties"].setdefault(name, {"type": kind})
                group = spec["group"] + "/" + version["name"]
                found[group, spec["names"]["kind"]] = jsonschema.Draft4Validator(schema)
    return found


def main():
    known = validators(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as text:
        manifests = json.load(text)
    result = {}
    for number, manifest in enumerate(manifests):
        validator = known.get((manifest.get("apiVersion"), manifest.get("kind")))
        if validator:
            errors = validator.iter_errors(manifest)
            result[number] = sorted(f"{'/'.join(map(str, e.path))}: {e.message[:500]}" for e in errors)
    print(json.dumps(result))


main()
