package io.mailstream.streams.query;

import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.Lookup.Question;
import io.mailstream.streams.query.Lookup.Reply;
import io.mailstream.streams.query.Lookup.Result;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/suppressions/{address}?tenant=&stream=}: whether mail of that tenant and stream is
 * kept from the address, and all that holds for it. {@code POST /v1/suppressions/check}: the same
 * of up to 1,000 addresses at once.
 */
final class SuppressionReads {

  static final HeaderName FORWARDED = HeaderNames.create(OwnerClient.FORWARDED);

  private static final int MAX_ADDRESSES = 1000;
  private static final String RULE =
      "a JSON object with addresses (a list of 1 to 1000), and if need be tenant, stream, details";

  private final Lookup lookup;
  private final Answers one;
  private final Answers check;

  SuppressionReads(Lookup lookup, MeterRegistry meters) {
    this.lookup = lookup;
    this.one = new Answers("suppression", meters);
    this.check = new Answers("check", meters);
  }

  void register(HttpRouting.Builder routes) {
    routes.post(Lookup.PATH, check.handler(this::check));
    routes.get("/v1/suppressions/{+address}", one.handler(this::get));
  }

  private void get(ServerRequest request, ServerResponse response) {
    Target target = Target.of(request);
    Result result =
        lookup.everywhere(
            new Question(List.of(target.key()), target.tenant(), target.stream(), true),
            authorization(request));
    if (!result.isComplete()) {
      one.count("not_ready");
      Answers.send(response, Answer.notReady(result.why()));
      return;
    }
    SuppressionAnswer answer = result.answers().get(target.key());
    one.count(answer.recordsBehind() == null ? "fresh" : "stale");
    Answers.send(response, Answer.json(200, answer));
  }

  private void check(ServerRequest request, ServerResponse response) {
    Question question = Answers.body(request, Question.class, null, RULE);
    if (question == null
        || question.addresses() == null
        || question.addresses().isEmpty()
        || question.addresses().size() > MAX_ADDRESSES
        || question.addresses().contains(null)) {
      throw new BadRequestException("the body is not as it must be: give " + RULE);
    }
    Target.checkScope(question.tenant(), question.stream());
    if (request.headers().contains(FORWARDED)) {
      check.count("for_another");
      Answers.send(
          response,
          Answer.json(200, new Reply(List.copyOf(lookup.here(question).answers().values()))));
      return;
    }
    List<Optional<String>> keys = question.addresses().stream().map(Target::key).toList();
    Result result =
        lookup.everywhere(
            new Question(
                keys.stream().flatMap(Optional::stream).distinct().toList(),
                question.tenant(),
                question.stream(),
                question.details()),
            authorization(request));
    if (!result.isComplete()) {
      check.count("not_ready");
      Answers.send(response, Answer.notReady(result.why()));
      return;
    }
    List<SuppressionAnswer> results = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String given = question.addresses().get(i);
      results.add(
          keys.get(i)
              .map(result.answers()::get)
              .orElseGet(() -> SuppressionAnswer.noAddress(given)));
    }
    check.count("answered");
    Answers.send(response, Answer.json(200, new Reply(results)));
  }

  static Optional<String> authorization(ServerRequest request) {
    return request.headers().first(HeaderNames.AUTHORIZATION);
  }
}
