package io.mailstream.streams.hold;

import io.mailstream.streams.reputation.StreamGuard;
import io.mailstream.streams.reputation.StreamId;
import io.mailstream.streams.throttle.Throttle;
import io.mailstream.v1.StreamActivity;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What the guard acts on in one partition.
 *
 * @param child the child that takes what is told the others
 */
record GuardSurroundings(
    HoldState state,
    Throttle throttle,
    HoldQueue queue,
    ProcessorContext<String, SpecificRecord> context,
    String child)
    implements StreamGuard.Surroundings {

  @Override
  public Map<StreamId, byte[]> states() {
    return state.streams();
  }

  @Override
  public void keep(StreamId stream, byte[] kept) {
    state.stream(stream, kept);
  }

  @Override
  public void close(StreamId stream, long until, long now) {
    throttle.closeStream(stream.tenant(), stream.stream(), until, now);
    queue.streamChanged(now);
  }

  @Override
  public void open(StreamId stream, long now) {
    throttle.openStream(stream.tenant(), stream.stream(), now);
    queue.streamChanged(now);
  }

  @Override
  public void say(String key, StreamActivity activity, long now) {
    context.forward(new Record<>(key, activity, now), child);
  }
}
