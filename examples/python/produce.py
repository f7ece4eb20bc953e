#!/usr/bin/env python3
"""Produces one SendRequest from Python, as any other Kafka client would.

Needs confluent-kafka, avro and idna (Debian: python3-confluent-kafka python3-avro python3-idna).
Run it from the project's root while bin/quickstart is up:

    python3 examples/python/produce.py success@simulator.amazonses.com
"""

import io
import json
import struct
import sys
import unicodedata
import urllib.request
import uuid
from pathlib import Path

import avro.io
import avro.schema
import idna
from confluent_kafka import Producer

BOOTSTRAP = "127.0.0.1:9092"
REGISTRY = "http://127.0.0.1:8081"
TOPIC = "mail.requests.transactional"
SCHEMA = Path(__file__).parents[2] / "schemas" / "released" / "1.0" / "SendRequest.avsc"


def recipient_key(address):
    """The canonical address, as schemas/vectors/recipient-key.json has it."""
    local, domain = address.rsplit("@", 1)
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    return f"{local}@{idna.encode(domain, uts46=True, transitional=False).decode()}"


def schema_id(schema):
    """Registers the published schema (the answer is the id it already has) and returns its id."""
    request = urllib.request.Request(
        f"{REGISTRY}/subjects/{TOPIC}-value/versions",
        data=json.dumps({"schema": schema}).encode(),
        headers={"Content-Type": "application/vnd.schemaregistry.v1+json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["id"]


def encode(schema, record):
    """Confluent's wire format: a zero byte, the schema id in four bytes, the Avro body."""
    body = io.BytesIO()
    avro.io.DatumWriter(avro.schema.parse(schema)).write(record, avro.io.BinaryEncoder(body))
    return struct.pack(">bI", 0, schema_id(schema)) + body.getvalue()


def main():
    if len(sys.argv) != 2 or "@" not in sys.argv[1]:
        sys.exit("usage: produce.py ADDRESS")
    address = sys.argv[1]
    schema = SCHEMA.read_text(encoding="utf-8")
    request_id = str(uuid.uuid4())
    request = {
        "request_id": request_id,
        "tenant": "demo",
        "idempotency_key": None,
        "stream": "password-reset",
        "actor": None,
        "from": {"address": "no-reply@example.com", "name": "Example"},
        "reply_to": [],
        "to": [{"address": address, "name": None, "variables": {}}],
        "cc": [],
        "bcc": [],
        "subject": "Hello from Python",
        "content": {"text": "A mail produced by a client that is not ours.", "html": None, "attachments": []},
        "headers": [],
        "tags": {"client": "python"},
        "send_at": None,
        "expires_at": None,
        "on_uncertain": "REPORT",
        "account": None,
    }

    def delivered(error, message):
        if error:
            sys.exit(f"not produced to {TOPIC} at {BOOTSTRAP}: {error}")
        print(f"produced {request_id} to {message.topic()} partition {message.partition()}")

    # murmur2_random is the partitioner of the Java client: with it the request is at home at once.
    producer = Producer(
        {
            "bootstrap.servers": BOOTSTRAP,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "message.max.bytes": 10485760,
        }
    )
    producer.produce(TOPIC, key=recipient_key(address).encode(), value=encode(schema, request), on_delivery=delivered)
    producer.flush(30)


if __name__ == "__main__":
    main()
