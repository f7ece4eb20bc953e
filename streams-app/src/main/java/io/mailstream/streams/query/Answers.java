package io.mailstream.streams.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.http.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;

/** What all answers of the API have in common: JSON, problems, counting. */
final class Answers {

  static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final String JSON_TYPE = "application/json";
  private static final String RETRY_AFTER_SECONDS = "1";

  private final String query;
  private final MeterRegistry meters;

  /**
   * Answers to one kind of question.
   *
   * @param query its name, in the metrics
   */
  Answers(String query, MeterRegistry meters) {
    this.query = query;
    this.meters = meters;
  }

  /**
   * The answer to a request that was forwarded, or is to be sent as it is.
   *
   * @param status the HTTP status
   * @param type the media type
   * @param body the body
   */
  @SuppressWarnings("ArrayRecordComponent") // Carries bytes once; never compared.
  record Answer(int status, String type, byte[] body) {

    static Answer json(int status, Object value) {
      return new Answer(status, JSON_TYPE, bytes(value));
    }

    static Answer problem(Problem problem) {
      return new Answer(problem.status(), Problem.MEDIA_TYPE, problem.json());
    }

    static Answer notReady(String why) {
      return problem(Problem.of(503, why + "; try again"));
    }
  }

  /** A handler whose bad requests become problems, and are counted. */
  Handler handler(Handler handler) {
    return (request, response) -> {
      try {
        handler.handle(request, response);
      } catch (BadRequestException e) {
        count("invalid");
        send(response, Answer.problem(Problem.of(400, e.getMessage())));
      }
    };
  }

  void count(String outcome) {
    meters.counter("mailstream.query.requests", "query", query, "outcome", outcome).increment();
  }

  static void send(ServerResponse response, Answer answer) {
    if (answer.status() == 503) {
      response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
        .status(Status.create(answer.status()))
        .header(HeaderNames.CONTENT_TYPE, answer.type())
        .send(answer.body());
  }

  /**
   * The body of a request; unknown members are refused, so that none is overlooked.
   *
   * @param rule what is allowed, for the message
   * @throws BadRequestException if it is not of that form
   */
  static <T> T body(ServerRequest request, Class<T> type, T ifEmpty, String rule) {
    if (!request.content().hasEntity()) {
      return ifEmpty;
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] body = in.readAllBytes();
      return body.length == 0 ? ifEmpty : JSON.readValue(body, type);
    } catch (JsonProcessingException e) {
      // Its own message may repeat what was sent.
      throw new BadRequestException("the body is not as it must be: give " + rule);
    } catch (IOException e) {
      throw new BadRequestException("the body could not be read: send it again");
    }
  }

  /** What a problem says, to be told to somebody else. */
  static String detail(Answer answer) {
    try {
      return JSON.readTree(answer.body()).path("detail").asText("status " + answer.status());
    } catch (IOException e) {
      return "status " + answer.status();
    }
  }

  static byte[] bytes(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of strings is always JSON", e);
    }
  }
}
