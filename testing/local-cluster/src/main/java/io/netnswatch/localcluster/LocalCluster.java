package io.netnswatch.localcluster;

import java.io.IOException;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A running broker and registry on 127.0.0.1.
 *
 * <p>Both end when this process does, however it ends. Closing stops them and waits; the directory
 * belongs to the caller.
 */
public final class LocalCluster implements AutoCloseable {

  /** A loaded machine of two cores needs a good part of it. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  private static final int ANY_PORT = 0;

  private final Path directory;
  private final Security security;
  private final int brokerPort;
  private final int registryPort;
  private @Nullable ChildJvm broker;
  private @Nullable ChildJvm registry;

  /**
   * How the broker and its clients prove who they are.
   *
   * @param broker over the broker's own settings; its one listener is called {@value #LISTENER}
   * @param client settings with which this class asks whether it answers
   */
  public record Security(Map<String, String> broker, Map<String, String> client) {

    /** Name of the listener for clients and, if there were others, brokers. */
    public static final String LISTENER = "CLIENT";

    /** Nobody proves anything. */
    public static final Security NONE = new Security(Map.of(), Map.of());

    public Security {
      broker = Map.copyOf(broker);
      client = Map.copyOf(client);
    }
  }

  private LocalCluster(Path directory, Security security, int brokerPort, int registryPort) {
    this.directory = directory;
    this.security = security;
    this.brokerPort = brokerPort;
    this.registryPort = registryPort;
  }

  /** Starts on free ports; see {@link #start(Path, int, int)}. */
  public static LocalCluster start(Path directory) throws IOException, InterruptedException {
    return start(directory, ANY_PORT, ANY_PORT);
  }

  /** Starts on free ports; see {@link #start(Path, int, int)}. */
  public static LocalCluster start(Path directory, Security security)
      throws IOException, InterruptedException {
    return start(directory, security, ANY_PORT, ANY_PORT);
  }

  /**
   * Starts broker and registry and waits until both answer.
   *
   * @param directory for the broker's data, kept over restarts, and the logs
   * @param brokerPort the broker's port; 0 for a free one
   * @param registryPort the registry's port; 0 for a free one
   * @throws IOException if a port is taken, or one does not come up within two minutes; the message
   *     holds its log's end
   */
  public static LocalCluster start(Path directory, int brokerPort, int registryPort)
      throws IOException, InterruptedException {
    return start(directory, Security.NONE, brokerPort, registryPort);
  }

  private static LocalCluster start(
      Path directory, Security security, int brokerPort, int registryPort)
      throws IOException, InterruptedException {
    refuseTaken("broker", brokerPort);
    refuseTaken("schema-registry", registryPort);
    LocalCluster cluster =
        new LocalCluster(directory, security, portOr(brokerPort), portOr(registryPort));
    try {
      cluster.launchBroker();
      cluster.launchRegistry();
      cluster.awaitBroker();
      cluster.awaitRegistry();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** What a Kafka client connects to. */
  public String bootstrapServers() {
    return "127.0.0.1:" + brokerPort;
  }

  /** Base URL of the registry's Confluent API. */
  public String schemaRegistryUrl() {
    return "http://127.0.0.1:" + registryPort + "/apis/ccompat/v7";
  }

  /** The children that run, for whoever watches over them. */
  public List<ChildJvm> children() {
    return Stream.of(broker, registry).filter(child -> child != null).toList();
  }

  /** Stops the broker; topics stay in the directory. */
  public void stopBroker() {
    if (broker != null) {
      broker.close();
      broker = null;
    }
  }

  /** Starts a stopped broker on the same port and data, and waits until it answers. */
  public void restartBroker() throws IOException, InterruptedException {
    stopBroker();
    launchBroker();
    awaitBroker();
  }

  @Override
  public void close() {
    if (registry != null) {
      registry.close();
      registry = null;
    }
    stopBroker();
  }

  private void launchBroker() throws IOException {
    Files.createDirectories(directory);
    Path settings = directory.resolve("broker.properties");
    Properties properties = new Properties();
    properties.putAll(security.broker());
    try (Writer out = Files.newBufferedWriter(settings)) {
      properties.store(out, null);
    }
    broker =
        ChildJvm.start(
            "broker",
            directory,
            Files.readString(beside("classpath")),
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            BrokerMain.class.getName(),
            List.of(
                directory.resolve("broker").toString(),
                Integer.toString(brokerPort),
                Integer.toString(freePort()),
                settings.toString()));
  }

  private void launchRegistry() throws IOException {
    registry =
        ChildJvm.start(
            "schema-registry",
            directory,
            registryJar().toString(),
            List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + registryPort,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + freePort()),
            "io.quarkus.runner.GeneratedMain",
            List.of());
  }

  private static Path registryJar() throws IOException {
    Path unpacked = beside("schema-registry");
    try (Stream<Path> files = Files.list(unpacked)) {
      return files
          .filter(file -> file.toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("no registry in " + unpacked));
    }
  }

  /** What the build of this module laid beside its classes. */
  private static Path beside(String name) {
    return CodeLocation.of(LocalCluster.class).resolveSibling(name);
  }

  private void awaitBroker() throws IOException, InterruptedException {
    await(
        broker,
        brokerPort,
        () -> {
          Map<String, Object> config = new HashMap<>(security.client());
          config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
          try (Admin admin = Admin.create(config)) {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
          } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            return false;
          }
        });
  }

  /** Its default compatibility is NONE; with BACKWARD it behaves as the contract asks. */
  private void awaitRegistry() throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(schemaRegistryUrl() + "/config"))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(BodyPublishers.ofString("{\"compatibility\":\"BACKWARD\"}"))
            .build();
    await(
        registry,
        registryPort,
        () -> {
          try {
            HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
            return response.statusCode() == 200;
          } catch (IOException e) {
            return false;
          }
        });
  }

  private interface Probe {
    boolean answers() throws InterruptedException;
  }

  /** Nothing is sent before it is the child that listens: another's server may have the port. */
  private static void await(@Nullable ChildJvm child, int port, Probe probe)
      throws IOException, InterruptedException {
    if (child == null) {
      throw new IllegalStateException("not started");
    }
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!child.listensOn(port) || !probe.answers()) {
      boolean ended = child.process().waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      if (ended || System.nanoTime() > deadline) {
        String what =
            ended ? "ended with exit code " + child.process().exitValue() : "gives no answer";
        throw new IOException(
            "the " + child.name() + " " + what + "; its log ends:\n" + child.logTail());
      }
    }
  }

  private static void refuseTaken(String what, int port) throws IOException {
    if (port == ANY_PORT) {
      return;
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      socket.getLocalPort();
    } catch (BindException e) {
      throw new IOException(
          "port %d, for the %s, is taken by another program; name another, or 0 for a free one"
              .formatted(port, what),
          e);
    }
  }

  private static int portOr(int port) throws IOException {
    return port == ANY_PORT ? freePort() : port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
