package io.mailstream.streams.topology;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the thread on whatever cannot be written: in an exactly-once task the transaction is lost
 * with the record in any case, and a skipped write would be mail without a result. What could be
 * too large is refused before, by {@code validate}; where it happens all the same, the log names
 * the limits to compare.
 */
public final class FailedProductionHandler implements ProductionExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(FailedProductionHandler.class);

  /** Made by Kafka Streams. */
  public FailedProductionHandler() {}

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public Response handleError(
      ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
    if (exception instanceof RecordTooLargeException) {
      LOG.error(
          "A record of {} bytes is too large for topic {} (made of {}-{}@{}): raise"
              + " max.message.bytes of the topic, or lower max_message_bytes in the policies",
          record.value() == null ? 0 : record.value().length,
          record.topic(),
          context.topic(),
          context.partition(),
          context.offset());
    } else {
      LOG.error("Writing to topic {} failed", record.topic(), exception);
    }
    return Response.fail();
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Response handleSerializationError(
      ErrorHandlerContext context,
      ProducerRecord record,
      Exception exception,
      SerializationExceptionOrigin origin) {
    LOG.error("A {} for topic {} cannot be serialised", origin, record.topic(), exception);
    return Response.fail();
  }
}
