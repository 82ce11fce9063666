package io.netnswatch.oncall.actors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.act.ActionStep;
import io.netnswatch.oncall.actors.RestClient.Answer;
import io.netnswatch.oncall.actors.RestClient.NoAnswerException;
import io.netnswatch.oncall.alert.Digest;
import io.netnswatch.oncall.targets.Secret;
import io.netnswatch.schema.HostAction;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Disables the service nova-compute of a host, so that nothing new is scheduled there, and enables
 * it again. The reason that nova keeps names the incident: by it we know what is ours.
 *
 * <p>Keystone, API v3, application credentials; Nova, {@code os-services}, microversion 2.53.
 *
 * @see <a href="https://docs.openstack.org/api-ref/compute/#compute-services-os-services">Compute
 *     services</a>
 */
public final class NovaCompute implements Actor {

  private static final String MICROVERSION = "2.53";
  private static final int MAX_REASON = 255;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  /** A token is renewed so long before it expires. */
  private static final Duration MARGIN = Duration.ofMinutes(2);

  private final Settings settings;
  private final RestClient client = new RestClient(null);
  private final InstantSource clock;
  private @Nullable Session session;

  /**
   * Where Keystone is, and who we are there.
   *
   * @param authUrl of Keystone, with {@code /v3}
   * @param credentialId of an application credential
   * @param credentialSecret its secret
   * @param region of the compute endpoint; null for the only one
   * @param endpointInterface public, internal or admin
   */
  public record Settings(
      URI authUrl,
      String credentialId,
      Secret credentialSecret,
      @Nullable String region,
      String endpointInterface) {}

  private record Session(String token, URI compute, Instant renewAt) {}

  /** Asks nothing yet. */
  public NovaCompute(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public String operation() {
    return "disable nova-compute";
  }

  @Override
  public ActionOutcome apply(ActionStep step) throws InterruptedException {
    HostAction action = step.action();
    try {
      JsonNode service = service(action.getHost());
      if (service.isMissingNode()) {
        return new ActionOutcome.Refused("nova knows no nova-compute on " + action.getHost());
      }
      if (isDisabled(service)) {
        return isOurs(service, action)
            ? new ActionOutcome.Done(List.of("disabled"), null)
            : new ActionOutcome.NotOurs("it was disabled already: " + reason(service));
      }
      String reason = mark(action) + action.getTitle();
      ObjectNode change = Json.MAPPER.createObjectNode();
      change.put("status", "disabled");
      change.put("disabled_reason", reason.substring(0, Math.min(MAX_REASON, reason.length())));
      change(service, change);
      return new ActionOutcome.Done(List.of("disabled"), null);
    } catch (NoAnswerException e) {
      return e.outcome();
    }
  }

  @Override
  public ActionOutcome revert(ActionStep step) throws InterruptedException {
    HostAction action = step.action();
    try {
      JsonNode service = service(action.getHost());
      if (service.isMissingNode()) {
        return new ActionOutcome.NotOurs("nova knows no nova-compute on it any more");
      }
      if (!isDisabled(service)) {
        return new ActionOutcome.NotOurs("it was enabled by somebody else");
      }
      if (!isOurs(service, action)) {
        return new ActionOutcome.NotOurs("it is disabled for another reason: " + reason(service));
      }
      change(service, Json.MAPPER.createObjectNode().put("status", "enabled"));
      return new ActionOutcome.Done(List.of(), null);
    } catch (NoAnswerException e) {
      return e.outcome();
    }
  }

  /** Missing if there is none. */
  private JsonNode service(String host) throws NoAnswerException, InterruptedException {
    String query = "binary=nova-compute&host=" + URLEncoder.encode(host, StandardCharsets.UTF_8);
    Answer answer = nova("GET", "/os-services?" + query, null);
    if (!answer.isSuccess()) {
      throw refused(answer, "list compute services (os_compute_api:os-services:list)");
    }
    for (JsonNode service : answer.json().path("services")) {
      if (service.path("host").asText().equals(host)
          && service.path("binary").asText().equals("nova-compute")) {
        return service;
      }
    }
    return Json.MAPPER.missingNode();
  }

  private void change(JsonNode service, ObjectNode change)
      throws NoAnswerException, InterruptedException {
    Answer answer = nova("PUT", "/os-services/" + service.path("id").asText(), change.toString());
    if (!answer.isSuccess()) {
      throw refused(answer, "change compute services (os_compute_api:os-services:update)");
    }
  }

  /** A token that Keystone has revoked is renewed once. */
  private Answer nova(String method, String path, @Nullable String body)
      throws NoAnswerException, InterruptedException {
    Answer answer = nova(session(), method, path, body);
    if (answer.status() == UNAUTHORIZED) {
      session = null;
      answer = nova(session(), method, path, body);
    }
    return answer;
  }

  private Answer nova(Session with, String method, String path, @Nullable String body)
      throws NoAnswerException, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", "application/json");
    headers.put("Content-Type", "application/json");
    headers.put("X-Auth-Token", with.token());
    headers.put("OpenStack-API-Version", "compute " + MICROVERSION);
    headers.put("X-OpenStack-Nova-API-Version", MICROVERSION);
    return client.ask("Nova", method, below(with.compute(), path), headers, body);
  }

  private Session session() throws NoAnswerException, InterruptedException {
    Session known = session;
    if (known == null || clock.instant().isAfter(known.renewAt())) {
      known = authenticated();
      session = known;
    }
    return known;
  }

  private Session authenticated() throws NoAnswerException, InterruptedException {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ObjectNode identity = body.putObject("auth").putObject("identity");
    identity.putArray("methods").add("application_credential");
    identity
        .putObject("application_credential")
        .put("id", settings.credentialId())
        .put("secret", settings.credentialSecret().reveal());
    Answer answer =
        client.ask(
            "Keystone",
            "POST",
            below(settings.authUrl(), "/auth/tokens"),
            Map.of("Content-Type", "application/json", "Accept", "application/json"),
            body.toString());
    String token = answer.header("X-Subject-Token").orElse("");
    if (!answer.isSuccess() || token.isEmpty()) {
      throw RestClient.later(
          switch (answer.status()) {
            case UNAUTHORIZED ->
                "Keystone refuses the application credential: it is wrong, expired or deleted";
            case NOT_FOUND ->
                "Keystone is not at auth-url, or the credential does not exist: HTTP 404";
            default -> "Keystone gives no token: " + answer.words();
          });
    }
    JsonNode given = answer.json().path("token");
    return new Session(token, compute(given.path("catalog")), renewAt(given));
  }

  private Instant renewAt(JsonNode token) {
    try {
      return Instant.parse(token.path("expires_at").asText()).minus(MARGIN);
    } catch (DateTimeException e) {
      return clock.instant(); // asked for anew each time
    }
  }

  private URI compute(JsonNode catalog) throws NoAnswerException {
    for (JsonNode service : catalog) {
      for (JsonNode endpoint : service.path("endpoints")) {
        if (service.path("type").asText().equals("compute")
            && endpoint.path("interface").asText().equals(settings.endpointInterface())
            && (settings.region() == null
                || endpoint.path("region").asText().equals(settings.region()))) {
          return URI.create(endpoint.path("url").asText());
        }
      }
    }
    throw RestClient.later(
        "Keystone's catalog has no %s endpoint of type compute%s: look at region and interface"
            .formatted(
                settings.endpointInterface(),
                settings.region() == null ? "" : " in region " + settings.region()));
  }

  /** In one line: which right is missing. */
  private static NoAnswerException refused(Answer answer, String right) {
    return switch (answer.status()) {
      case UNAUTHORIZED ->
          RestClient.later("Nova does not take Keystone's token: " + answer.words());
      case FORBIDDEN ->
          RestClient.later(
              "Nova: the right to "
                  + right
                  + " is missing: give the application credential a role"
                  + " that the policy allows it to, by default admin");
      case 400, NOT_FOUND, 405 ->
          new NoAnswerException(
              new ActionOutcome.Refused("Nova refuses to " + right + ": " + answer.words()));
      default -> RestClient.later("Nova: " + right + ": " + answer.words());
    };
  }

  private static boolean isDisabled(JsonNode service) {
    return service.path("status").asText().equals("disabled");
  }

  private static boolean isOurs(JsonNode service, HostAction action) {
    return reason(service).startsWith(mark(action));
  }

  private static String reason(JsonNode service) {
    return service.path("disabled_reason").asText("");
  }

  private static String mark(HostAction action) {
    return "netnswatch " + Digest.sha256(action.getIncidentKey()).substring(0, 12) + ": ";
  }

  private static URI below(URI base, String path) {
    return URI.create(base.toString().replaceAll("/+$", "") + path);
  }
}
