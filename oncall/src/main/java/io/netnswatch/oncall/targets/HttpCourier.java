package io.netnswatch.oncall.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts requests; redirections are not followed. */
public final class HttpCourier implements Courier {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
  private static final int SHOWN_OF_ANSWER = 300;

  private final InstantSource clock;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /** The clock is for answers that name a date. */
  public HttpCourier(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Outcome deliver(Request request) throws InterruptedException {
    HttpRequest http;
    try {
      http = built(request);
    } catch (IllegalArgumentException e) {
      // Its message may hold what is secret
      return new Outcome.Refused(
          "the request can't be built: look at the target's url and headers");
    }
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(http, BodyHandlers.ofString());
    try {
      // The request's own timeout ends with the headers; a body may drip for ever.
      HttpResponse<String> given = answer.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return Answer.of(
          given.statusCode(),
          given.headers().firstValue("Retry-After"),
          Text.atMost(SHOWN_OF_ANSWER, given.body()),
          clock.instant());
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      return new Outcome.Later(true, Duration.ZERO, "no answer in " + ANSWER_TIMEOUT);
    } finally {
      answer.cancel(true);
    }
  }

  private static HttpRequest built(Request request) {
    HttpRequest.Builder http =
        HttpRequest.newBuilder(request.uri())
            .timeout(ANSWER_TIMEOUT)
            .POST(BodyPublishers.ofString(request.body(), UTF_8));
    request.headers().forEach(http::header);
    return http.build();
  }

  /** Where there was no connection nothing can have arrived. */
  private static Outcome failed(Throwable cause) {
    boolean isUnconnected =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    return new Outcome.Later(
        !isUnconnected,
        Duration.ZERO,
        cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : ": " + cause.getMessage()));
  }
}
