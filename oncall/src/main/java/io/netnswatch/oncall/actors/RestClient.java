package io.netnswatch.oncall.actors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.act.ActionOutcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Asks an API that speaks JSON; redirections are not followed. */
final class RestClient {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
  private static final int SHOWN_OF_ANSWER = 300;

  private final HttpClient client;

  /**
   * With the usual certificates, or those of one authority.
   *
   * @param tls null for the usual ones
   */
  RestClient(@Nullable SSLContext tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    client = tls == null ? builder.build() : builder.sslContext(tls).build();
  }

  /** What was answered. */
  record Answer(int status, HttpResponse<String> response) {

    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    JsonNode json() {
      try {
        return Optional.ofNullable(Json.MAPPER.readTree(response.body()))
            .orElse(MissingNode.getInstance());
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    /** For people: the status and what was said. */
    String words() {
      String message = json().path("message").asText(response.body()).strip();
      return "HTTP "
          + status
          + (message.isEmpty()
              ? ""
              : ": " + message.substring(0, Math.min(SHOWN_OF_ANSWER, message.length())));
    }
  }

  /** The API can't be asked, or does not answer. */
  static final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ActionOutcome outcome;

    NoAnswerException(ActionOutcome outcome) {
      this.outcome = outcome;
    }

    ActionOutcome outcome() {
      return outcome;
    }
  }

  /**
   * Asks.
   *
   * @param what is asked, for people
   * @param body null for none
   * @throws NoAnswerException if there was no answer
   */
  Answer ask(
      String what, String method, URI uri, Map<String, String> headers, @Nullable String body)
      throws NoAnswerException, InterruptedException {
    HttpRequest request;
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(uri)
              .timeout(ANSWER_TIMEOUT)
              .method(
                  method,
                  body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body, UTF_8));
      headers.forEach(builder::header);
      request = builder.build();
    } catch (IllegalArgumentException e) { // its message may hold a token
      throw later(what + ": the request can't be built: look at the url, and at the token");
    }
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, BodyHandlers.ofString());
    try {
      HttpResponse<String> given = answer.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(given.statusCode(), given);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() instanceof IOException io ? io : e;
      throw later(
          "%s: no answer from %s: %s"
              .formatted(
                  what,
                  uri.getAuthority(),
                  cause.getMessage() == null
                      ? cause.getClass().getSimpleName()
                      : cause.getMessage()));
    } catch (TimeoutException e) {
      throw later(what + ": no answer from " + uri.getAuthority() + " in " + ANSWER_TIMEOUT);
    } finally {
      answer.cancel(true);
    }
  }

  static NoAnswerException later(String why) {
    return new NoAnswerException(new ActionOutcome.Later(Duration.ZERO, why));
  }
}
