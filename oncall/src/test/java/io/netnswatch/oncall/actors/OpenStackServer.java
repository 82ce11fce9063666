package io.netnswatch.oncall.actors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the documentation of Keystone (v3, application credentials) and Nova (os-services,
 * microversion 2.53) says of these requests, enforced.
 */
final class OpenStackServer implements AutoCloseable {

  static final String SECRET = "the secret of the credential";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final Map<String, ObjectNode> services = new TreeMap<>();
  private final Set<String> valid = new HashSet<>();
  private int tokens;
  private int changes;
  private boolean mayChange = true;

  private OpenStackServer(HttpServer server) {
    this.server = server;
  }

  static OpenStackServer start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    OpenStackServer openStack = new OpenStackServer(http);
    http.createContext("/v3/auth/tokens", openStack::keystone);
    http.createContext("/compute/v2.1/os-services", openStack::nova);
    http.start();
    return openStack;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized void addHost(String host) {
    ObjectNode service = JSON.createObjectNode();
    service.put(
        "id",
        UUID.nameUUIDFromBytes(host.getBytes(java.nio.charset.StandardCharsets.UTF_8)).toString());
    service.put("binary", "nova-compute").put("host", host).put("zone", "nova");
    service.put("state", "up").put("status", "enabled").putNull("disabled_reason");
    services.put(host, service);
  }

  synchronized String status(String host) {
    return service(host).path("status").asText();
  }

  synchronized String reason(String host) {
    return service(host).path("disabled_reason").asText();
  }

  synchronized void byHand(String host, String status, String reason) {
    service(host).put("status", status).put("disabled_reason", reason);
  }

  private ObjectNode service(String host) {
    return Objects.requireNonNull(services.get(host), host);
  }

  synchronized void revokeTokens() {
    valid.clear();
  }

  synchronized void forbidChanges() {
    mayChange = false;
  }

  synchronized int tokens() {
    return tokens;
  }

  synchronized int changes() {
    return changes;
  }

  private synchronized void keystone(HttpExchange exchange) throws IOException {
    JsonNode identity = JSON.readTree(exchange.getRequestBody()).path("auth").path("identity");
    JsonNode credential = identity.path("application_credential");
    if (!identity.path("methods").toString().equals("[\"application_credential\"]")) {
      answer(exchange, 400, error("methods"));
    } else if (!credential.path("id").asText().equals("credential-id")
        || !credential.path("secret").asText().equals(SECRET)) {
      answer(exchange, 401, error("The request you have made requires authentication."));
    } else {
      String token = "token-" + ++tokens;
      valid.add(token);
      exchange.getResponseHeaders().set("X-Subject-Token", token);
      ObjectNode body = JSON.createObjectNode();
      ObjectNode given = body.putObject("token");
      given.put("expires_at", Instant.now().plus(Duration.ofHours(1)).toString());
      ObjectNode compute = given.putArray("catalog").addObject().put("type", "compute");
      var endpoints = compute.putArray("endpoints");
      endpoints
          .addObject()
          .put("interface", "public")
          .put("region", "RegionOne")
          .put("url", "http://192.0.2.1/");
      endpoints
          .addObject()
          .put("interface", "internal")
          .put("region", "RegionOne")
          .put("url", url() + "/compute/v2.1");
      answer(exchange, 201, body);
    }
  }

  private synchronized void nova(HttpExchange exchange) throws IOException {
    String token = String.valueOf(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
    String version = exchange.getRequestHeaders().getFirst("OpenStack-API-Version");
    if (!valid.contains(token)) {
      answer(exchange, 401, error("token"));
    } else if (!"compute 2.53".equals(version)) {
      answer(exchange, 404, error("before 2.53 services have no ids"));
    } else if (exchange.getRequestMethod().equals("GET")) {
      ObjectNode body = JSON.createObjectNode();
      var found = body.putArray("services");
      String host = exchange.getRequestURI().getQuery().replaceAll(".*host=([^&]*).*", "$1");
      services.values().stream()
          .filter(it -> it.path("host").asText().equals(host))
          .forEach(found::add);
      answer(exchange, 200, body);
    } else {
      change(exchange, JSON.readTree(exchange.getRequestBody()));
    }
  }

  private void change(HttpExchange exchange, JsonNode wanted) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String id = path.substring(path.lastIndexOf('/') + 1);
    ObjectNode service =
        services.values().stream()
            .filter(it -> it.path("id").asText().equals(id))
            .findFirst()
            .orElse(null);
    String status = wanted.path("status").asText();
    String reason = wanted.path("disabled_reason").asText("");
    if (!exchange.getRequestMethod().equals("PUT") || service == null) {
      answer(exchange, 404, error("no such service"));
    } else if (!mayChange) {
      answer(exchange, 403, error("Policy doesn't allow os_compute_api:os-services:update"));
    } else if (!Set.of("enabled", "disabled").contains(status)
        || reason.length() > 255
        || (status.equals("enabled") && wanted.has("disabled_reason"))) {
      answer(exchange, 400, error("status and disabled_reason do not go together"));
    } else {
      changes++;
      service.put("status", status);
      if (status.equals("disabled")) {
        service.put("disabled_reason", reason);
      } else {
        service.putNull("disabled_reason");
      }
      answer(exchange, 200, JSON.createObjectNode().set("service", service));
    }
  }

  private static ObjectNode error(String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error").put("message", message);
    return body;
  }

  private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
    try (exchange) {
      byte[] bytes = JSON.writeValueAsBytes(body);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
