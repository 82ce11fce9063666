package io.netnswatch.detection.signature;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads signatures, strictly: an unknown, doubled or missing key is an error. */
public final class Signatures {

  private static final List<String> SHIPPED =
      List.of(
          "netns-cleanup-livelock",
          "netns-cleanup-conntrack-livelock",
          "netns-creation-blocked",
          "netns-cleanup-backlog",
          "netns-cleanup-stuck",
          "netns-fragment-imbalance");

  private static final ObjectReader READER =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .build()
          .readerFor(Signature.class);

  private static final List<String> KEYS =
      Arrays.stream(Signature.class.getRecordComponents())
          .map(RecordComponent::getName)
          .map(PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE::translate)
          .toList();

  private Signatures() {}

  /** The shipped files, read once. */
  private static final class Shipped {
    static final List<Signature> FILES = SHIPPED.stream().map(Signatures::resource).toList();
  }

  /** The signatures that come with netnswatch, worst first. */
  public static List<Signature> shipped() {
    return complete(Shipped.FILES);
  }

  /**
   * The shipped signatures and a user's own; one of the same id takes the shipped one's place.
   *
   * @throws IllegalArgumentException if they don't fit together; the message says why
   */
  public static List<Signature> shippedAnd(List<Signature> own) {
    Map<String, Signature> byId = new LinkedHashMap<>();
    Shipped.FILES.forEach(it -> byId.put(it.id(), it));
    for (Signature signature : own) {
      Check.that(
          own.stream().filter(it -> it.id().equals(signature.id())).count() == 1,
          "signature " + signature.id() + " is there twice");
      byId.put(signature.id(), signature);
    }
    return complete(List.copyOf(byId.values()));
  }

  /**
   * Reads one signature.
   *
   * @param name where it comes from, for the error message
   * @param yaml the text
   * @throws IllegalArgumentException naming the place and what is wrong
   */
  public static Signature parse(String name, String yaml) {
    try {
      JsonNode tree = READER.readTree(yaml);
      Check.that(
          tree != null && tree.isObject(),
          "signature " + name + ": keys and their values are wanted");
      checkKeys(name, tree);
      return READER.readValue(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "signature " + name + place(e.getLocation()) + ": " + words(e), e);
    }
  }

  /** Before a key of which it is a misspelling is found missing. */
  private static void checkKeys(String name, JsonNode tree) {
    for (Iterator<String> keys = tree.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      Check.that(
          KEYS.contains(key), "signature " + name + ": unknown key " + key + "; there are " + KEYS);
    }
  }

  private static String place(JsonLocation location) {
    return location == null ? "" : " line " + location.getLineNr();
  }

  private static String words(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key "
          + unknown.getPropertyName()
          + "; there are "
          + unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
    }
    if (e instanceof JsonMappingException && e.getCause() instanceof IllegalArgumentException bad) {
      return String.valueOf(bad.getMessage());
    }
    return e.getOriginalMessage();
  }

  /** Looks up what signatures say of each other; worst first. */
  private static List<Signature> complete(List<Signature> all) {
    Map<String, Signature> byId = new LinkedHashMap<>();
    all.forEach(signature -> byId.put(signature.id(), signature));
    List<Signature> complete = new ArrayList<>();
    for (Signature signature : all) {
      for (String other : signature.unless()) {
        Check.that(
            byId.containsKey(other) && !other.equals(signature.id()),
            "signature " + signature.id() + ": unless names no other signature: " + other);
      }
      complete.add(withKernels(signature, byId));
    }
    complete.sort(Comparator.comparing(Signature::severity).thenComparing(Signature::id));
    return List.copyOf(complete);
  }

  private static Signature withKernels(Signature signature, Map<String, Signature> byId) {
    String name = signature.sameKernelsAs();
    if (name == null) {
      return signature;
    }
    Signature other = byId.get(name);
    if (other == null || other.sameKernelsAs() != null) {
      throw new IllegalArgumentException(
          "signature "
              + signature.id()
              + ": same_kernels_as names no signature with kernels of its own: "
              + name);
    }
    return signature.withKernelsOf(other);
  }

  private static Signature resource(String id) {
    String name = id + ".yaml";
    try (InputStream in = Signatures.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + name, e);
    }
  }
}
