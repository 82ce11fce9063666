package io.netnswatch.oncall.actors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.act.ActionStep;
import io.netnswatch.oncall.actors.RestClient.Answer;
import io.netnswatch.oncall.actors.RestClient.NoAnswerException;
import io.netnswatch.oncall.alert.Digest;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes acts on: a node condition, an event, and if wanted a cordon or a taint.
 *
 * <p>Condition and cordon are set by server-side apply with a field manager of our own, so that the
 * API server itself knows whose they are: a cordon that was lifted by hand and set again by hand is
 * not ours any more, and stays. The list of taints is one field to the API server, so a taint is
 * put into it by a merge patch that fails when the node has changed meanwhile. An annotation beside
 * each names the incident for which it was set.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-Side
 *     Apply</a>
 */
public final class KubernetesNode implements Actor {

  /** Owner of what is set here, in {@code metadata.managedFields}. */
  static final String FIELD_MANAGER = "netnswatch-oncall";

  static final String CONDITION = "NetnsCleanupStuck";
  static final String CORDONED_FOR = "netnswatch.io/cordoned-for";
  static final String TAINTED_FOR = "netnswatch.io/tainted-for";

  private static final String APPLY = "application/apply-patch+yaml";
  private static final String MERGE = "application/merge-patch+json";

  /** A DNS subdomain (RFC 1123), as names of nodes are. */
  private static final Pattern NODE_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final int MAX_NODE_NAME = 253;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int MAX_MESSAGE = 1_000;

  private final Settings settings;
  private final RestClient client;
  private final InstantSource clock;

  /**
   * Where the API server is, and what is set.
   *
   * @param apiUrl of the API server
   * @param tokenFile read before each request, for Kubernetes renews what is in it; null for none
   * @param caFile the authority that has signed the API server's certificate; null for the usual
   * @param condition whether a node condition is set
   * @param event whether an event is recorded
   * @param cordon whether nothing new may be scheduled
   * @param taint null for none
   */
  public record Settings(
      URI apiUrl,
      @Nullable Path tokenFile,
      @Nullable Path caFile,
      boolean condition,
      boolean event,
      boolean cordon,
      @Nullable Taint taint) {}

  /** A taint. */
  public record Taint(String key, String value, String effect) {

    private static final Pattern WRITTEN =
        Pattern.compile("([A-Za-z0-9./_-]{1,253})(?:=([A-Za-z0-9._-]{0,63}))?:(\\w+)");

    /**
     * As kubectl writes them: {@code KEY[=VALUE]:EFFECT}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Taint parse(String text) {
      var parts = WRITTEN.matcher(text);
      if (!parts.matches()
          || !List.of("NoSchedule", "PreferNoSchedule", "NoExecute").contains(parts.group(3))) {
        throw new IllegalArgumentException(
            "KEY=VALUE:EFFECT is wanted here, with NoSchedule, PreferNoSchedule or NoExecute");
      }
      return new Taint(
          parts.group(1), Objects.requireNonNullElse(parts.group(2), ""), parts.group(3));
    }

    boolean is(JsonNode taint) {
      return taint.path("key").asText().equals(key) && taint.path("effect").asText().equals(effect);
    }
  }

  /**
   * Asks nothing yet.
   *
   * @throws IOException if the authority's certificate can't be read
   */
  public KubernetesNode(Settings settings, InstantSource clock) throws IOException {
    this.settings = settings;
    SSLContext tls = settings.caFile() == null ? null : Authority.trusted(settings.caFile());
    this.client = new RestClient(tls);
    this.clock = clock;
  }

  @Override
  public String operation() {
    List<String> parts = new ArrayList<>();
    if (settings.cordon()) {
      parts.add("cordon");
    }
    if (settings.taint() != null) {
      parts.add("taint");
    }
    if (settings.condition()) {
      parts.add("node condition");
    }
    if (settings.event()) {
      parts.add("event");
    }
    return String.join(", ", parts);
  }

  @Override
  public ActionOutcome apply(ActionStep step) throws InterruptedException {
    HostAction action = step.action();
    if (!isNodeName(action.getHost())) {
      return new ActionOutcome.Refused(action.getHost() + " can't be the name of a node");
    }
    try {
      Answer found = get(action.getHost());
      if (found.status() == NOT_FOUND) {
        return new ActionOutcome.Refused("the cluster has no node " + action.getHost());
      }
      JsonNode node = node(found, "get node");
      List<String> ours = new ArrayList<>();
      List<String> others = new ArrayList<>();
      if (settings.cordon()) {
        (cordon(node, action) ? ours : others).add("cordon");
      }
      if (settings.taint() != null) {
        JsonNode now = settings.cordon() ? node(get(action.getHost()), "get node") : node;
        (taint(now, settings.taint(), action) ? ours : others).add("taint");
      }
      if (settings.condition() && setCondition(node, step, true)) {
        ours.add("condition");
      }
      if (settings.event()) {
        event(node, action, "Warning", CONDITION, message(action));
      }
      String note =
          others.isEmpty() ? null : String.join(", ", others) + ": set or lifted by somebody else";
      return ours.isEmpty() && note != null
          ? new ActionOutcome.NotOurs(note)
          : new ActionOutcome.Done(ours, note);
    } catch (NoAnswerException e) {
      return e.outcome();
    }
  }

  @Override
  public ActionOutcome revert(ActionStep step) throws InterruptedException {
    HostAction action = step.action();
    try {
      Answer found = get(action.getHost());
      if (found.status() == NOT_FOUND) {
        return new ActionOutcome.NotOurs(
            "the cluster has no node " + action.getHost() + " any more");
      }
      JsonNode node = node(found, "get node");
      List<String> undone = new ArrayList<>();
      List<String> left = new ArrayList<>();
      if (isFor(action, node, CORDONED_FOR)) {
        (uncordon(node) ? undone : left).add("cordon");
      }
      if (isFor(action, node, TAINTED_FOR)) {
        (untaint(node(get(action.getHost()), "get node"), action) ? undone : left).add("taint");
      }
      if (setCondition(node, step, false)) {
        undone.add("condition");
      }
      if (settings.event() && !undone.isEmpty()) {
        event(node, action, "Normal", "NetnsCleanupRecovered", "over: " + message(action));
      }
      String note =
          left.isEmpty() ? null : String.join(", ", left) + ": changed by hand, left alone";
      return undone.isEmpty()
          ? new ActionOutcome.NotOurs(note == null ? "nothing of ours is left there" : note)
          : new ActionOutcome.Done(List.of(), note);
    } catch (NoAnswerException e) {
      return e.outcome();
    }
  }

  /** Whether it is ours: false if somebody else had done it, or has lifted it since we did. */
  private boolean cordon(JsonNode node, HostAction action)
      throws NoAnswerException, InterruptedException {
    boolean isCordoned = node.path("spec").path("unschedulable").asBoolean();
    if (isFor(action, node, CORDONED_FOR)) {
      return isCordoned;
    }
    if (isCordoned) {
      return false;
    }
    ObjectNode wanted = bare(node);
    meta(wanted).put("resourceVersion", version(node));
    meta(wanted).putObject("annotations").put(CORDONED_FOR, action.getIncidentKey());
    wanted.putObject("spec").put("unschedulable", true);
    patch(node, "", APPLY, "&force=false", wanted, "patch nodes");
    return true;
  }

  /** Gives up what we own of the node: the API server keeps what others own too. */
  private boolean uncordon(JsonNode node) throws NoAnswerException, InterruptedException {
    boolean wasCordoned = node.path("spec").path("unschedulable").asBoolean();
    JsonNode after = patch(node, "", APPLY, "&force=false", bare(node), "patch nodes");
    return wasCordoned && !after.path("spec").path("unschedulable").asBoolean();
  }

  private boolean taint(JsonNode node, Taint taint, HostAction action)
      throws NoAnswerException, InterruptedException {
    boolean isTainted = false;
    ArrayNode taints = Json.MAPPER.createArrayNode();
    for (JsonNode it : node.path("spec").path("taints")) {
      isTainted |= taint.is(it);
      taints.add(it);
    }
    if (isFor(action, node, TAINTED_FOR)) {
      return isTainted;
    }
    if (isTainted) {
      return false;
    }
    ObjectNode mine = taints.addObject().put("key", taint.key()).put("effect", taint.effect());
    if (!taint.value().isEmpty()) {
      mine.put("value", taint.value());
    }
    mergeTaints(node, taints, action.getIncidentKey());
    return true;
  }

  private boolean untaint(JsonNode node, HostAction action)
      throws NoAnswerException, InterruptedException {
    if (!isFor(action, node, TAINTED_FOR)) {
      return false;
    }
    Taint taint = settings.taint();
    ArrayNode taints = Json.MAPPER.createArrayNode();
    boolean isTainted = false;
    for (JsonNode it : node.path("spec").path("taints")) {
      if (taint != null && taint.is(it)) {
        isTainted = true;
      } else {
        taints.add(it);
      }
    }
    mergeTaints(node, taints, null);
    return isTainted;
  }

  private void mergeTaints(JsonNode node, ArrayNode taints, @Nullable String incidentKey)
      throws NoAnswerException, InterruptedException {
    ObjectNode change = Json.MAPPER.createObjectNode();
    meta(change).put("resourceVersion", version(node));
    meta(change).putObject("annotations").put(TAINTED_FOR, incidentKey); // null takes it away
    change.putObject("spec").set("taints", taints);
    patch(node, "", MERGE, "", change, "patch nodes");
  }

  /**
   * Sets the condition, unless it is so already.
   *
   * @return whether it is ours, or was taken back: false if there is none of this incident
   */
  private boolean setCondition(JsonNode node, ActionStep step, boolean isStuck)
      throws NoAnswerException, InterruptedException {
    HostAction action = step.action();
    JsonNode current = condition(node);
    boolean isOurs = current.path("message").asText().endsWith(mark(action));
    boolean isTrue = current.path("status").asText().equals("True");
    if (isStuck ? isTrue : !isOurs || !isTrue) {
      return isStuck && isOurs;
    }
    Incident incident = step.incident();
    Instant since =
        incident == null
            ? action.getRecordedAt()
            : isStuck
                ? incident.getStartedAt()
                : Objects.requireNonNullElse(incident.getEndedAt(), action.getRecordedAt());
    ObjectNode wanted = bare(node);
    wanted
        .putObject("status")
        .putArray("conditions")
        .addObject()
        .put("type", CONDITION)
        .put("status", isStuck ? "True" : "False")
        .put("reason", isStuck ? reason(action) : "Recovered")
        .put("message", message(action) + mark(action))
        .put("lastTransitionTime", time(since))
        .put("lastHeartbeatTime", time(clock.instant()));
    patch(node, "/status", APPLY, "&force=true", wanted, "patch nodes/status");
    return true;
  }

  private static JsonNode condition(JsonNode node) {
    for (JsonNode it : node.path("status").path("conditions")) {
      if (it.path("type").asText().equals(CONDITION)) {
        return it;
      }
    }
    return Json.MAPPER.missingNode();
  }

  /** Its name is the same when it is repeated, so that it is there once. */
  private void event(JsonNode node, HostAction action, String type, String reason, String message)
      throws NoAnswerException, InterruptedException {
    String now = time(clock.instant());
    ObjectNode event = Json.MAPPER.createObjectNode();
    event.put("apiVersion", "v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("namespace", "default")
        .put("name", name(node) + "." + Digest.sha256(action.getIncidentKey() + reason));
    event
        .putObject("involvedObject")
        .put("apiVersion", "v1")
        .put("kind", "Node")
        .put("name", name(node))
        .put("uid", name(node)); // as the kubelet's own, so that kubectl describe finds it
    event.put("type", type).put("reason", reason).put("message", message);
    event.put("firstTimestamp", now).put("lastTimestamp", now).put("count", 1);
    event.putObject("source").put("component", FIELD_MANAGER);
    Answer answer =
        ask("POST", "/api/v1/namespaces/default/events", "application/json", event.toString());
    if (!answer.isSuccess() && answer.status() != CONFLICT) {
      throw refused(answer, "create events in namespace default");
    }
  }

  private JsonNode patch(
      JsonNode node, String part, String type, String more, ObjectNode body, String right)
      throws NoAnswerException, InterruptedException {
    Answer answer =
        ask(
            "PATCH",
            "/api/v1/nodes/" + name(node) + part + "?fieldManager=" + FIELD_MANAGER + more,
            type,
            body.toString());
    return node(answer, right);
  }

  private Answer get(String name) throws NoAnswerException, InterruptedException {
    return ask("GET", "/api/v1/nodes/" + name, "application/json", null);
  }

  private Answer ask(String method, String path, String type, @Nullable String body)
      throws NoAnswerException, InterruptedException {
    Map<String, String> headers = new java.util.HashMap<>();
    headers.put("Accept", "application/json");
    headers.put("Content-Type", type);
    Path tokenFile = settings.tokenFile();
    if (tokenFile != null) {
      try {
        headers.put("Authorization", "Bearer " + Files.readString(tokenFile, UTF_8).strip());
      } catch (IOException e) {
        throw RestClient.later("Kubernetes: the token " + tokenFile + " can't be read");
      }
    }
    URI uri = URI.create(settings.apiUrl().toString().replaceAll("/+$", "") + path);
    return client.ask("Kubernetes", method, uri, headers, body);
  }

  private static JsonNode node(Answer answer, String right) throws NoAnswerException {
    if (!answer.isSuccess()) {
      throw refused(answer, right);
    }
    return answer.json();
  }

  /** In one line: which right is missing. */
  private static NoAnswerException refused(Answer answer, String right) {
    return switch (answer.status()) {
      case 401 ->
          RestClient.later(
              "Kubernetes does not know the token: look at token-file; " + answer.words());
      case 403 ->
          RestClient.later(
              "Kubernetes: the right to "
                  + right
                  + " is missing: grant it to the service account (kubernetes/acting/rbac.yaml); "
                  + answer.words());
      case CONFLICT -> RestClient.later("Kubernetes: the node has changed meanwhile");
      case 400, 405, 415, 422 ->
          new NoAnswerException(
              new ActionOutcome.Refused("Kubernetes refuses to " + right + ": " + answer.words()));
      default -> RestClient.later("Kubernetes: " + right + ": " + answer.words());
    };
  }

  private static boolean isNodeName(String host) {
    return host.length() <= MAX_NODE_NAME && NODE_NAME.matcher(host).matches();
  }

  private static boolean isFor(HostAction action, JsonNode node, String annotation) {
    return node.path("metadata")
        .path("annotations")
        .path(annotation)
        .asText()
        .equals(action.getIncidentKey());
  }

  private static ObjectNode bare(JsonNode node) {
    ObjectNode wanted = Json.MAPPER.createObjectNode();
    wanted.put("apiVersion", "v1").put("kind", "Node");
    meta(wanted).put("name", name(node));
    return wanted;
  }

  private static ObjectNode meta(ObjectNode object) {
    return object.withObject("/metadata");
  }

  private static String name(JsonNode node) {
    return node.path("metadata").path("name").asText();
  }

  private static String version(JsonNode node) {
    return node.path("metadata").path("resourceVersion").asText();
  }

  private static String message(HostAction action) {
    String title = action.getTitle();
    return title.substring(0, Math.min(MAX_MESSAGE, title.length()));
  }

  private static String mark(HostAction action) {
    return " (incident " + action.getIncidentKey() + ")";
  }

  /** One word in upper camel case, as reasons of conditions are: the cause's id, or the kind. */
  private static String reason(HostAction action) {
    String id = Objects.requireNonNullElse(action.getCauseId(), action.getKind());
    return Pattern.compile("[^A-Za-z0-9]+")
        .splitAsStream(id)
        .filter(word -> !word.isEmpty())
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
