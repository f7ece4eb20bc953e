package io.mailstream.streams.topology;

import io.mailstream.schemas.serde.RegistryUnavailableException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what cannot be decoded to the dead letters, and the line goes on. An outage of the registry
 * says nothing about the record: it stops the thread, which begins again with the same record.
 */
public final class UnreadableRecordHandler implements DeserializationExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(UnreadableRecordHandler.class);

  private DeadLetters deadLetters;

  /** Made by Kafka Streams. */
  public UnreadableRecordHandler() {}

  @Override
  public void configure(Map<String, ?> configs) {
    deadLetters = DeadLetters.from(configs);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
    if (RegistryUnavailableException.isBehind(exception)) {
      return Response.fail();
    }
    LOG.warn(
        "Record {}-{}@{} cannot be read and goes to the dead letters: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        DeadLetters.reason(exception));
    return Response.resume(
        List.of(deadLetters.letter(context, record.key(), record.value(), exception)));
  }
}
