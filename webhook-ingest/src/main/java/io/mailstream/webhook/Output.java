package io.mailstream.webhook;

import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic that the service writes to.
 *
 * @param topic its name
 * @param sample a record of its kind, to find out whether the registry has its schema; empty: it
 *     has none
 */
record Output(String topic, Optional<SpecificRecord> sample) {}
