package io.netnswatch.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netnswatch.command.InputPath;
import io.netnswatch.streams.http.DetectorServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A detector that runs, and what is asked of it. */
final class DetectorOptions {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int OK = 200;
  private static final int CONFLICT = 409;

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

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * Asks a question.
   *
   * @throws IOException if it is not answered
   */
  JsonNode get(String path) throws IOException, InterruptedException {
    return answer(send(request(detector, path).GET().build()));
  }

  /**
   * Has something changed, by the instance that has the host.
   *
   * @throws IOException if it was not done
   */
  JsonNode change(String path, Map<String, String> body) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = send(changing(detector, path, body));
    if (answer.statusCode() == CONFLICT) {
      String owner = JSON.readTree(answer.body()).path("owner").asText();
      answer = send(changing(URI.create("http://" + owner), path, body));
    }
    return answer(answer);
  }

  private HttpRequest changing(URI instance, String path, Map<String, String> body)
      throws IOException {
    return request(instance, path)
        .header("Content-Type", "application/json")
        .header(DetectorServer.CHANGE_HEADER, "yes")
        .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
        .build();
  }

  private HttpRequest.Builder request(URI instance, String path) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(instance.resolve(path)).timeout(TIMEOUT);
    if (tokenFile != null) {
      String token = Files.readAllLines(tokenFile).stream().findFirst().orElse("").strip();
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (ConnectException e) {
      throw new IOException(
          "no detector answers at " + request.uri().resolve("/") + ": see --detector", e);
    }
  }

  private JsonNode answer(HttpResponse<byte[]> answer) throws IOException {
    JsonNode body = JSON.readTree(answer.body());
    if (answer.statusCode() != OK) {
      throw new IOException(
          "the detector at %s: %s"
              .formatted(answer.uri().resolve("/"), body.path("error").asText("no reason given")));
    }
    return body;
  }

  /** A name as part of a path. */
  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
