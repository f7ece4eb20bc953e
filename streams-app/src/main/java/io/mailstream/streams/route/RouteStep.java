package io.mailstream.streams.route;

import io.mailstream.streams.result.Results;
import io.mailstream.streams.route.Router.Route;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ResultStatus;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** The step that writes the account into each delivery, or ends it where there is none. */
public final class RouteStep
    implements ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> {

  private final Router router;
  private final Outputs outputs;

  /**
   * The step.
   *
   * @param router accounts, and who uses which
   * @param outputs where records go
   */
  public RouteStep(Router router, Outputs outputs) {
    this.router = router;
    this.outputs = outputs;
  }

  @Override
  public Processor<String, SpecificRecord, String, SpecificRecord> get() {
    return new RouteProcessor(router, outputs);
  }

  /**
   * The names of the children.
   *
   * @param next what goes on
   * @param results the results of what ends here
   */
  public record Outputs(String next, String results) {}

  private static final class RouteProcessor
      extends ContextualProcessor<String, SpecificRecord, String, SpecificRecord> {

    private final Router router;
    private final Outputs outputs;

    private RouteProcessor(Router router, Outputs outputs) {
      this.router = router;
      this.outputs = outputs;
    }

    @Override
    public void process(Record<String, SpecificRecord> record) {
      if (!(record.value() instanceof Delivery delivery)) {
        context().forward(record, outputs.next());
        return;
      }
      switch (router.route(delivery, context().currentSystemTimeMs())) {
        case Route.By(String account) ->
            context()
                .forward(record.withValue(Router.withAccount(delivery, account)), outputs.next());
        case Route.None none ->
            context()
                .forward(
                    record.withValue(
                        Results.of(
                            delivery,
                            ResultStatus.REJECTED,
                            List.of(none.reason()),
                            none.detail(),
                            delivery.getAttempt() - 1,
                            context().currentSystemTimeMs())),
                    outputs.results());
      }
    }
  }
}
