package io.netnswatch.oncall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.targets.Courier;
import io.netnswatch.oncall.targets.Outcome;
import io.netnswatch.oncall.targets.Request;
import java.io.PrintWriter;
import java.util.List;

/**
 * Prints requests instead of sending them, a JSON object a line; headers, which may hold secrets,
 * are left out.
 *
 * @param target name of the target
 * @param secrets not to be shown
 * @param out where to
 */
record DryRunCourier(String target, List<String> secrets, PrintWriter out) implements Courier {

  private static final String MASK = "********";

  @Override
  public Outcome deliver(Request request) {
    String body = request.body();
    for (String secret : secrets) {
      body = body.replace(secret, MASK);
    }
    try {
      ObjectNode line = Json.MAPPER.createObjectNode();
      line.put("target", target);
      line.put("scheme", request.uri().getScheme());
      line.put("host", request.uri().getHost());
      line.set("body", Json.MAPPER.readTree(body));
      out.println(line);
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request is not JSON", e);
    }
    return new Outcome.Accepted();
  }
}
