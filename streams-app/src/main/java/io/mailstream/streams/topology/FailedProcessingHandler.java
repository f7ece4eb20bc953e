package io.mailstream.streams.topology;

import io.mailstream.streams.result.UnusableRecordException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a record that is no input of its topic to the dead letters. Every other failure of a step
 * is fatal: a record that is skipped would be mail without a result.
 */
public final class FailedProcessingHandler implements ProcessingExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(FailedProcessingHandler.class);

  private DeadLetters deadLetters;

  /** Made by Kafka Streams. */
  public FailedProcessingHandler() {}

  @Override
  public void configure(Map<String, ?> configs) {
    deadLetters = DeadLetters.from(configs);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
    if (!(exception instanceof UnusableRecordException)) {
      LOG.error(
          "Step {} failed on record {}-{}@{}: the thread stops and nothing is skipped",
          context.processorNodeId(),
          context.topic(),
          context.partition(),
          context.offset(),
          exception);
      return Response.fail();
    }
    LOG.warn(
        "Record {}-{}@{} cannot be used and goes to the dead letters: {}",
        context.topic(),
        context.partition(),
        context.offset(),
        DeadLetters.reason(exception));
    return Response.resume(
        List.of(
            deadLetters.letter(
                context, context.sourceRawKey(), context.sourceRawValue(), exception)));
  }
}
