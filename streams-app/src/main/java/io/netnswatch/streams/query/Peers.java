package io.netnswatch.streams.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netnswatch.streams.topology.DetectorTopology;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/** The other instances of the application, as this one knows them, and what they answer. */
public final class Peers {

  /** Marks a question of an instance to another, which then answers for itself alone. */
  public static final String SCOPE_PARAMETER = "scope=instance";

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final int HTTP_NOT_FOUND = 404;
  private static final String NOT_FOUND = "not found";

  private final KafkaStreams streams;
  private final HostInfo self;
  private final @Nullable BiFunction<String, String, String> authorization;
  private final ObjectMapper json;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * The peers of this instance.
   *
   * @param self where the others reach this one
   * @param authorization makes the header Authorization from HOST:PORT and what is asked; null if
   *     they ask for nothing
   */
  public Peers(
      KafkaStreams streams,
      HostInfo self,
      @Nullable BiFunction<String, String, String> authorization,
      ObjectMapper json) {
    this.streams = streams;
    this.self = self;
    this.authorization = authorization;
    this.json = json;
  }

  /**
   * What an instance answered.
   *
   * @param address HOST:PORT
   * @param answer null if there was none
   * @param problem why there was none; null if there was one
   */
  public record Answer(String address, @Nullable JsonNode answer, @Nullable String problem) {

    /** Whether it knows nothing of what it was asked for. */
    public boolean isUnknown() {
      return NOT_FOUND.equals(problem);
    }
  }

  /** Where this instance is reached, HOST:PORT. */
  public String self() {
    return address(self);
  }

  /** Asks all others at once. */
  public List<Answer> askAll(String path) {
    Map<String, CompletableFuture<Answer>> answers = new LinkedHashMap<>();
    for (StreamsMetadata instance : streams.metadataForAllStreamsClients()) {
      HostInfo peer = instance.hostInfo();
      if (!peer.equals(self) && !peer.equals(HostInfo.unavailable())) {
        answers.put(address(peer), ask(peer, path));
      }
    }
    return answers.values().stream().map(CompletableFuture::join).toList();
  }

  /** Asks the one that has this host; empty if that is this one, or nobody knows. */
  public Optional<Answer> askOwner(String host, String path) {
    return owner(host).map(it -> ask(it, path).join());
  }

  /** The address HOST:PORT of the one that has this host; empty if this one, or nobody knows. */
  public Optional<String> ownerOf(String host) {
    return owner(host).map(Peers::address);
  }

  private Optional<HostInfo> owner(String host) {
    KeyQueryMetadata owner =
        streams.queryMetadataForKey(DetectorTopology.HOSTS, host, new StringSerializer());
    return owner == null
            || owner.equals(KeyQueryMetadata.NOT_AVAILABLE)
            || owner.activeHost().equals(self)
            || owner.activeHost().equals(HostInfo.unavailable())
        ? Optional.empty()
        : Optional.of(owner.activeHost());
  }

  private CompletableFuture<Answer> ask(HostInfo peer, String path) {
    String address = address(peer);
    String question = path + (path.contains("?") ? "&" : "?") + SCOPE_PARAMETER;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + address + question)).timeout(TIMEOUT);
    if (authorization != null) {
      request.header("Authorization", authorization.apply(address, question));
    }
    return client
        .sendAsync(request.build(), BodyHandlers.ofByteArray())
        .thenApply(response -> read(address, response))
        .exceptionally(e -> new Answer(address, null, String.valueOf(causeOf(e).getMessage())));
  }

  private Answer read(String address, HttpResponse<byte[]> response) {
    if (response.statusCode() != OK) {
      return new Answer(
          address,
          null,
          response.statusCode() == HTTP_NOT_FOUND
              ? NOT_FOUND
              : "answered with status " + response.statusCode());
    }
    try {
      return new Answer(address, json.readTree(response.body()), null);
    } catch (IOException e) {
      return new Answer(address, null, "answered with what is no JSON");
    }
  }

  private static Throwable causeOf(Throwable e) {
    return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
  }

  private static String address(HostInfo instance) {
    String host = instance.host();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + instance.port();
  }
}
