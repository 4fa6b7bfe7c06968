#!/usr/bin/env python3
"""Reads a run's trace as a strict OpenTelemetry receiver would.

    check_trace.py DIR | trace.otlp.jsonl ...

Every line must be one OTLP/JSON TracesData ("JSON Protobuf Encoding" of the OTLP specification): known keys
in lowerCamelCase, ids in lowercase hexadecimal of the right length, 64-bit integers as text, enums as
integers. What passes is handed to the published Protobuf definitions, which refuse what they do not know.
Then the spans are judged together: ids are unique, each trace has one root, each parent is in its child's
trace and began no later, and nothing ends before it began.

Exit 0: everything holds. 1: something does not, with file and line. 2: nothing was named. Where the package
`opentelemetry-proto` is missing, the check is skipped with a printed reason and exit 0.
"""
import base64
import json
import os
import re
import sys

try:
    from google.protobuf import json_format
    from opentelemetry.proto.trace.v1 import trace_pb2
except ImportError as missing:
    print(f"skipped: check_trace needs the Python package opentelemetry-proto ({missing})")
    sys.exit(0)

ID_BYTES = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
TEXT_INTEGERS = {"startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "intValue"}
ENUMS = {"kind": range(1, 6), "code": range(0, 3)}


class Fault(Exception):
    pass


def unique(pairs):
    """An object whose keys occur once."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Fault(f"a key occurs twice among {[key for key, _ in pairs]}")
    return members


def constant(text):
    raise Fault(f"{text} is no JSON")


def judged(value, key=None):
    """The value with ids as Protobuf's own JSON wants them (base64), after OTLP's rules were checked."""
    if isinstance(value, dict):
        for name in value:
            if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name):
                raise Fault(f"the key {name!r} is not lowerCamelCase")
        return {name: judged(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [judged(inner) for inner in value]
    if key in ID_BYTES:
        digits = 2 * ID_BYTES[key]
        if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{digits}}}", value):
            raise Fault(f"{key} {value!r} is not {digits} lowercase hexadecimal digits")
        raw = bytes.fromhex(value)
        if not any(raw):
            raise Fault(f"{key} is all zero")
        return base64.b64encode(raw).decode()
    if key in TEXT_INTEGERS:
        if not isinstance(value, str) or not re.fullmatch(r"-?(0|[1-9][0-9]*)", value):
            raise Fault(f"{key} {value!r} is not a 64-bit integer as text")
    if key in ENUMS:
        if type(value) is not int or value not in ENUMS[key]:
            raise Fault(f"{key} {value!r} is not one of the integers {list(ENUMS[key])}")
    return value


def unique_names(attributes, where):
    names = [attribute.key for attribute in attributes]
    if len(set(names)) != len(names) or "" in names:
        raise Fault(f"attribute names of {where} are not unique and nonempty: {names}")
    for attribute in attributes:
        if attribute.value.WhichOneof("value") is None:
            raise Fault(f"attribute {attribute.key} of {where} has no value")


def read(path):
    """All spans of a file as (line number, span)."""
    spans = []
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                if not line.endswith(b"\n"):
                    raise Fault("the line has no end")
                value = json.loads(line.decode(), object_pairs_hook=unique, parse_constant=constant)
                if not isinstance(value, dict):
                    raise Fault("the line is no object")
                data = json_format.ParseDict(judged(value), trace_pb2.TracesData())
                found = 0
                for resource in data.resource_spans:
                    unique_names(resource.resource.attributes, "a resource")
                    if "service.name" not in [a.key for a in resource.resource.attributes]:
                        raise Fault("a resource has no service.name")
                    for scope in resource.scope_spans:
                        if not scope.scope.name:
                            raise Fault("a scope has no name")
                        for span in scope.spans:
                            unique_names(span.attributes, span.name)
                            spans.append((number, span))
                            found += 1
                if found == 0:
                    raise Fault("the line has no span")
            except (Fault, json_format.ParseError, UnicodeDecodeError, json.JSONDecodeError) as fault:
                raise Fault(f"{path}:{number}: {fault}") from None
    return spans


def together(path, spans):
    """Judges spans as traces; returns how many traces there are."""
    book = {}
    for number, span in spans:
        if len(span.trace_id) != 16 or len(span.span_id) != 8 or not span.name or span.kind == 0:
            raise Fault(f"{path}:{number}: a span lacks its ids, its name or its kind")
        if span.start_time_unix_nano == 0 or span.end_time_unix_nano < span.start_time_unix_nano:
            raise Fault(f"{path}:{number}: span {span.span_id.hex()} ends before it begins")
        if span.status.message and span.status.code != 2:
            raise Fault(f"{path}:{number}: span {span.span_id.hex()} has a message and no error")
        if book.setdefault((span.trace_id, span.span_id), span) is not span:
            raise Fault(f"{path}:{number}: span {span.span_id.hex()} occurs twice")
    roots = {}
    for number, span in spans:
        if not span.parent_span_id:
            if roots.setdefault(span.trace_id, span) is not span:
                raise Fault(f"{path}:{number}: trace {span.trace_id.hex()} has two roots")
            continue
        parent = book.get((span.trace_id, span.parent_span_id))
        if parent is None:
            raise Fault(
                f"{path}:{number}: span {span.span_id.hex()} ({span.name}) has a parent "
                f"{span.parent_span_id.hex()} that is not in its trace")
        if span.start_time_unix_nano < parent.start_time_unix_nano:
            raise Fault(f"{path}:{number}: span {span.span_id.hex()} begins before its parent")
    traces = {span.trace_id for _, span in spans}
    if traces != set(roots):
        raise Fault(f"{path}: trace {min(traces - set(roots)).hex()} has no root")
    return len(traces)


def main(arguments):
    if not arguments:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    failed = False
    for argument in arguments:
        path = os.path.join(argument, "trace.otlp.jsonl") if os.path.isdir(argument) else argument
        try:
            spans = read(path)
            print(f"ok: {path}: {len(spans)} spans in {together(path, spans)} traces")
        except (Fault, OSError) as fault:
            print(f"fault: {fault}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
