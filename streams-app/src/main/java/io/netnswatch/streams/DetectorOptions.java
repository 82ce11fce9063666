package io.netnswatch.streams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.Json;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.WordForm;
import io.netnswatch.streams.http.DetectorServer;
import io.netnswatch.streams.http.PeerSignature;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A detector that runs, and what is asked of it. */
final class DetectorOptions {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int OK = 200;
  private static final int CONFLICT = 409;

  @MustBe(WordForm.WEB_URL)
  @Option(
      names = "--detector",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8480",
      description = "Any instance of the detector, as its --http says.")
  private URI detector = URI.create("");

  @InputPath(InputPath.Kind.FILE)
  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description = "The file that the detector was given under the same name.")
  private @Nullable Path tokenFile;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * Asks a question.
   *
   * @throws IOException if it is not answered
   */
  JsonNode get(String path) throws IOException, InterruptedException {
    return answer(send(request(path).GET().build()));
  }

  /**
   * Has something changed, by the instance that has the host. Whoever is in the group can say where
   * it is reached: the other instance is shown that the token is known, and not the token.
   *
   * @param parameters in words
   * @throws IOException if it was not done
   */
  JsonNode change(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String question =
        parameters.entrySet().stream()
            .map(it -> it.getKey() + "=" + DetectorServer.encoded(it.getValue()))
            .collect(Collectors.joining("&", path + "?", ""));
    HttpResponse<byte[]> answer = send(changing(request(question)));
    if (answer.statusCode() == CONFLICT) {
      String owner = Json.MAPPER.readTree(answer.body()).path("owner").asText();
      answer = send(changing(signedRequest(owner, question)));
    }
    return answer(answer);
  }

  private static HttpRequest changing(HttpRequest.Builder request) {
    return request
        .header(DetectorServer.CHANGE_HEADER, "yes")
        .POST(BodyPublishers.noBody())
        .build();
  }

  private HttpRequest.Builder request(String question) throws IOException {
    boolean isWeb = "http".equals(detector.getScheme()) || "https".equals(detector.getScheme());
    if (!isWeb || detector.getHost() == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--detector must be a URL like http://127.0.0.1:8480, not " + detector);
    }
    HttpRequest.Builder request = to(detector, question);
    if (tokenFile != null) {
      request.header("Authorization", "Bearer " + HttpOptions.token(tokenFile, spec));
    }
    return request;
  }

  private HttpRequest.Builder signedRequest(String authority, String question) throws IOException {
    HttpRequest.Builder request = to(URI.create("http://" + authority), question);
    if (tokenFile != null) {
      PeerSignature signature =
          new PeerSignature(HttpOptions.token(tokenFile, spec), InstantSource.system());
      request.header("Authorization", signature.of(authority, question));
    }
    return request;
  }

  private static HttpRequest.Builder to(URI instance, String question) {
    return HttpRequest.newBuilder(instance.resolve(question)).timeout(TIMEOUT);
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (ConnectException | HttpTimeoutException e) {
      throw new IOException(
          "no detector answers at " + request.uri().resolve("/") + ": see --detector", e);
    }
  }

  private JsonNode answer(HttpResponse<byte[]> answer) throws IOException {
    URI instance = answer.uri().resolve("/");
    JsonNode body;
    try {
      body = Json.MAPPER.readTree(answer.body());
    } catch (JsonProcessingException e) { // its message goes on for lines
      throw new IOException("what answers at " + instance + " is no detector: see --detector");
    }
    if (answer.statusCode() != OK) {
      throw new IOException(
          "the detector at %s: %s"
              .formatted(instance, body.path("error").asText("status " + answer.statusCode())));
    }
    return body;
  }
}
