package io.netnswatch.detection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads signatures, strictly: an unknown, doubled or missing key is an error. */
public final class Signatures {

  private static final List<String> SHIPPED = List.of("netns-cleanup-livelock");

  private static final ObjectReader READER =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .build()
          .readerFor(Signature.class);

  private Signatures() {}

  /** The signatures that come with netnswatch. */
  public static List<Signature> shipped() {
    return SHIPPED.stream().map(Signatures::resource).toList();
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
      return READER.readValue(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("signature " + name + ": " + e.getMessage(), e);
    }
  }

  private static Signature resource(String id) {
    String name = "signatures/" + id + ".yaml";
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
