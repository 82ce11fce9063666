package io.netnswatch.detection.signature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Signatures with another threshold, to see what it would have done. */
public final class WhatIf {

  private static final Pattern ASSIGNMENT =
      Pattern.compile("([a-z0-9-]+)\\.([a-z_.]+)=([0-9]+(?:\\.[0-9]+)?)");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private WhatIf() {}

  /**
   * Changes one number of one signature. Its version then says so, as it is stamped on incidents.
   *
   * @param signatures the signatures
   * @param assignment {@code ID.KEY=NUMBER}, keys as in the file: {@code
   *     netns-cleanup-livelock.hot.cpus=0.3}
   * @return all of them, one changed
   * @throws IllegalArgumentException if there is no such number, or it may not be that
   */
  public static List<Signature> with(List<Signature> signatures, String assignment) {
    Matcher matcher = ASSIGNMENT.matcher(assignment);
    Check.that(
        matcher.matches(),
        "expected SIGNATURE.KEY=NUMBER, e.g. netns-cleanup-livelock.hot.cpus=0.3: " + assignment);
    String id = matcher.group(1);
    List<String> ids = signatures.stream().map(Signature::id).toList();
    Check.that(ids.contains(id), "no signature " + id + "; there are " + ids);
    List<Signature> changed = new ArrayList<>();
    for (Signature signature : signatures) {
      changed.add(
          signature.id().equals(id)
              ? changed(signature, matcher.group(2), matcher.group(3))
              : signature);
    }
    return List.copyOf(changed);
  }

  private static Signature changed(Signature signature, String key, String number) {
    ObjectNode tree = JSON.valueToTree(signature);
    JsonNode parent = tree;
    String[] names = key.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      parent = parent.path(names[i]);
    }
    String last = names[names.length - 1];
    if (!(parent instanceof ObjectNode object) || !object.path(last).isNumber()) {
      throw new IllegalArgumentException("signature " + signature.id() + " has no number " + key);
    }
    tree.put("version", signature.version() + "+" + key + "=" + number);
    try {
      object.set(last, JSON.readTree(number));
      return JSON.treeToValue(tree, Signature.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause();
      throw new IllegalArgumentException(
          "signature "
              + signature.id()
              + ": "
              + (cause instanceof IllegalArgumentException
                  ? cause.getMessage()
                  : e.getOriginalMessage()),
          e);
    }
  }
}
