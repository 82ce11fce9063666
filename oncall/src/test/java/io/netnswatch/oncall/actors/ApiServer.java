package io.netnswatch.oncall.actors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What the documentation of Kubernetes says of nodes and events, enforced: resource versions,
 * server-side apply with owners of fields, merge patches, rights, subresources. It is not a real
 * API server.
 */
public final class ApiServer implements AutoCloseable {

  public static final String TOKEN = "the-token-of-oncall";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final Map<String, ObjectNode> nodes = new TreeMap<>();
  private final Map<String, ObjectNode> events = new TreeMap<>();

  /** By node: owners of each field that somebody applied or set. */
  private final Map<String, Map<String, Set<String>>> owners = new HashMap<>();

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<String> rights =
      new HashSet<>(Set.of("get nodes", "patch nodes", "patch nodes/status", "create events"));
  private int version = 100;
  private boolean isDown;

  private ApiServer(HttpServer server) {
    this.server = server;
  }

  public static ApiServer start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ApiServer api = new ApiServer(http);
    http.createContext("/", api::handle);
    http.start();
    return api;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public synchronized void addNode(String name) {
    ObjectNode node = JSON.createObjectNode();
    node.put("apiVersion", "v1").put("kind", "Node");
    node.putObject("metadata").put("name", name).put("resourceVersion", "1");
    node.putObject("spec").put("podCIDR", "10.0.0.0/24");
    node.putObject("status")
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", "True");
    nodes.put(name, node);
    owners.put(name, new HashMap<>());
  }

  /** As {@code kubectl cordon} and {@code uncordon} do. */
  public synchronized void byHand(String name, boolean cordoned) {
    ObjectNode spec = spec(name);
    if (spec.path("unschedulable").asBoolean() == cordoned) {
      return; // kubectl changes nothing then
    }
    owners(name)
        .put("unschedulable", new HashSet<>(cordoned ? Set.of("kubectl-cordon") : Set.of()));
    if (cordoned) {
      spec.put("unschedulable", true);
    } else {
      spec.remove("unschedulable");
    }
    bump(name);
  }

  synchronized void taintByHand(String name, String key) {
    spec(name).withArray("/taints").addObject().put("key", key).put("effect", "NoSchedule");
    bump(name);
  }

  synchronized void removeTaintByHand(String name, String key) {
    ArrayNode taints = spec(name).withArray("/taints");
    for (int i = taints.size() - 1; i >= 0; i--) {
      if (taints.get(i).path("key").asText().equals(key)) {
        taints.remove(i);
      }
    }
    bump(name);
  }

  public synchronized void takeRight(String right) {
    rights.remove(right);
  }

  public synchronized void down(boolean now) {
    isDown = now;
  }

  public synchronized boolean isCordoned(String name) {
    return at(name).path("spec").path("unschedulable").asBoolean();
  }

  public synchronized List<String> cordoned() {
    return nodes.keySet().stream().filter(this::isCordoned).toList();
  }

  synchronized JsonNode node(String name) {
    return at(name).deepCopy();
  }

  synchronized JsonNode condition(String name, String type) {
    for (JsonNode it : at(name).path("status").path("conditions")) {
      if (it.path("type").asText().equals(type)) {
        return it.deepCopy();
      }
    }
    return JSON.missingNode();
  }

  synchronized List<JsonNode> events() {
    return List.copyOf(events.values());
  }

  /** Method and path of what changed something, in order. */
  public List<String> changes() {
    return requests;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      Reply reply;
      synchronized (this) {
        reply =
            isDown
                ? new Reply(503, status("the server is down"))
                : !token.equals("Bearer " + TOKEN)
                    ? new Reply(401, status("Unauthorized"))
                    : reply(method, path, query, type, body);
      }
      byte[] answer = JSON.writeValueAsBytes(reply.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(reply.status(), answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private record Reply(int status, JsonNode body) {}

  private Reply reply(String method, String path, String query, String type, byte[] body)
      throws IOException {
    if (method.equals("POST") && path.equals("/api/v1/namespaces/default/events")) {
      return allowed("create events", () -> event((ObjectNode) JSON.readTree(body)));
    }
    String[] parts = path.split("/", -1);
    if (!path.startsWith("/api/v1/nodes/") || parts.length < 5) {
      return new Reply(404, status("no such path"));
    }
    String name = parts[4];
    boolean isStatus = parts.length == 6 && parts[5].equals("status");
    if (method.equals("GET")) {
      return allowed(
          "get nodes",
          () ->
              nodes.containsKey(name)
                  ? new Reply(200, at(name).deepCopy())
                  : new Reply(404, status("nodes \"" + name + "\" not found")));
    }
    if (!method.equals("PATCH")) {
      return new Reply(405, status("method"));
    }
    return allowed(
        isStatus ? "patch nodes/status" : "patch nodes",
        () -> {
          if (!nodes.containsKey(name)) {
            return new Reply(404, status("not found"));
          }
          ObjectNode change = (ObjectNode) JSON.readTree(body);
          String wanted = change.path("metadata").path("resourceVersion").asText("");
          if (!wanted.isEmpty() && !wanted.equals(version(name))) {
            return new Reply(409, status("the object has been modified"));
          }
          requests.add(method + " " + path);
          if (type.equals("application/apply-patch+yaml")) {
            if (!query.contains("fieldManager=") || !change.path("kind").asText().equals("Node")) {
              return new Reply(400, status("PatchOptions: fieldManager is required for apply"));
            }
            String manager = query.replaceAll(".*fieldManager=([^&]+).*", "$1");
            return isStatus ? applyStatus(name, change) : apply(name, change, manager, query);
          }
          if (type.equals("application/merge-patch+json") && !isStatus) {
            merge(at(name), change);
            bump(name);
            return changed(name);
          }
          return new Reply(415, status("media type " + type));
        });
  }

  private interface Handler {
    Reply reply() throws IOException;
  }

  private Reply allowed(String right, Handler handler) throws IOException {
    return rights.contains(right)
        ? handler.reply()
        : new Reply(403, status("nodes is forbidden: User cannot " + right));
  }

  /** Of the fields that are used here; those that a manager leaves out it gives up. */
  private Reply apply(String name, ObjectNode change, String manager, String query) {
    Map<String, Set<String>> owned = owners(name);
    JsonNode wanted = change.path("spec").path("unschedulable");
    Set<String> managers = owned.computeIfAbsent("unschedulable", it -> new HashSet<>());
    if (!wanted.isMissingNode()) {
      boolean isOther = managers.stream().anyMatch(it -> !it.equals(manager));
      boolean isSame = spec(name).path("unschedulable").asBoolean() == wanted.asBoolean();
      if (isOther && !isSame && !query.contains("force=true")) {
        return new Reply(409, status("Apply failed with 1 conflict: .spec.unschedulable"));
      }
      spec(name).put("unschedulable", wanted.asBoolean());
      managers.add(manager);
    } else if (managers.remove(manager) && managers.isEmpty()) {
      spec(name).remove("unschedulable");
    }
    ObjectNode annotations = at(name).withObject("/metadata/annotations");
    JsonNode mine = change.path("metadata").path("annotations");
    owned.forEach(
        (field, by) -> {
          if (field.startsWith("annotation ") && by.contains(manager)) {
            String key = field.substring("annotation ".length());
            if (!mine.has(key)) {
              by.remove(manager);
              annotations.remove(key);
            }
          }
        });
    mine.properties()
        .forEach(
            it -> {
              annotations.set(it.getKey(), it.getValue());
              owned
                  .computeIfAbsent("annotation " + it.getKey(), key -> new HashSet<>())
                  .add(manager);
            });
    bump(name);
    return changed(name);
  }

  /** What the API's own types don't accept is no node. */
  private Reply changed(String name) {
    JsonNode node = at(name).deepCopy();
    try {
      V1Node.validateJsonElement(JsonParser.parseString(node.toString()));
    } catch (IOException | IllegalArgumentException e) {
      return new Reply(422, status("Node is invalid: " + e.getMessage()));
    }
    return new Reply(200, node);
  }

  /** Conditions are a list with a key: type. */
  private Reply applyStatus(String name, ObjectNode change) {
    ArrayNode conditions = at(name).withArray("/status/conditions");
    for (JsonNode wanted : change.path("status").path("conditions")) {
      for (String needed : List.of("type", "status")) {
        if (wanted.path(needed).asText().isEmpty()) {
          return new Reply(422, status("conditions." + needed + ": Required value"));
        }
      }
      if (!wanted.path("lastTransitionTime").asText().matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z")) {
        return new Reply(400, status("parsing time"));
      }
      for (int i = conditions.size() - 1; i >= 0; i--) {
        if (conditions.get(i).path("type").equals(wanted.path("type"))) {
          conditions.remove(i);
        }
      }
      conditions.add(wanted);
    }
    bump(name);
    return changed(name);
  }

  private Reply event(ObjectNode event) {
    JsonNode meta = event.path("metadata");
    String name = meta.path("name").asText();
    if (!name.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?") || name.length() > 253) {
      return new Reply(422, status("metadata.name: Invalid value"));
    }
    if (!meta.path("namespace").asText().equals("default")) {
      return new Reply(422, status("involvedObject.namespace: does not match event.namespace"));
    }
    if (!Set.of("Normal", "Warning").contains(event.path("type").asText())) {
      return new Reply(422, status("type"));
    }
    try {
      CoreV1Event.validateJsonElement(JsonParser.parseString(event.toString()));
    } catch (IOException | IllegalArgumentException e) {
      return new Reply(422, status("Event is invalid: " + e.getMessage()));
    }
    if (events.containsKey(name)) {
      return new Reply(409, status("events \"" + name + "\" already exists"));
    }
    events.put(name, event);
    requests.add("POST event");
    return new Reply(201, event);
  }

  /** RFC 7396. */
  private static void merge(ObjectNode target, ObjectNode change) {
    change
        .properties()
        .forEach(
            it -> {
              if (it.getValue().isNull()) {
                target.remove(it.getKey());
              } else if (it.getValue() instanceof ObjectNode inner) {
                @Nullable JsonNode old = target.get(it.getKey());
                ObjectNode below =
                    old instanceof ObjectNode object ? object : target.putObject(it.getKey());
                merge(below, inner);
              } else {
                target.set(it.getKey(), it.getValue());
              }
            });
  }

  private Map<String, Set<String>> owners(String name) {
    return owners.computeIfAbsent(name, it -> new HashMap<>());
  }

  private ObjectNode at(String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  private ObjectNode spec(String name) {
    return at(name).withObject("/spec");
  }

  private String version(String name) {
    return at(name).path("metadata").path("resourceVersion").asText();
  }

  private void bump(String name) {
    at(name).withObject("/metadata").put("resourceVersion", Integer.toString(++version));
  }

  private static ObjectNode status(String message) {
    return JSON.createObjectNode().put("kind", "Status").put("message", message);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
