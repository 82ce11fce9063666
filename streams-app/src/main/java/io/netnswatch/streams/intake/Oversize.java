package io.netnswatch.streams.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.schema.DeadLetterHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is larger than any telemetry. A broker takes a record by its compressed size, so a
 * record of a megabyte there can be one of many here, and could neither be kept in memory by the
 * hundred nor be written to the dead letters. What was cut off is told in headers.
 */
public final class Oversize {

  /** What is kept of a value that is too large, to see what it is. */
  static final int KEPT_VALUE_BYTES = 64 << 10;

  /** A host's name of the greatest length, in the widest characters, has less. */
  static final int MAX_KEY_BYTES = 1_024;

  static final int MAX_HEADER_BYTES = 4 << 10;
  static final int MAX_HEADERS_BYTES = 16 << 10;

  /** What a header needs in memory besides its content, about. */
  private static final int PER_HEADER_BYTES = 64;

  private Oversize() {}

  /** The value, or its beginning. */
  public static byte @Nullable [] value(Headers headers, byte @Nullable [] value) {
    if (value == null || value.length <= TelemetryDeserializer.MAX_VALUE_BYTES) {
      return value;
    }
    put(headers, DeadLetterHeaders.VALUE_BYTES, Integer.toString(value.length));
    put(headers, DeadLetterHeaders.VALUE_SHA256, sha256(value));
    return Arrays.copyOf(value, KEPT_VALUE_BYTES);
  }

  /** The key, or its beginning. */
  public static byte @Nullable [] key(Headers headers, byte @Nullable [] key) {
    if (key == null || key.length <= MAX_KEY_BYTES) {
      return key;
    }
    put(headers, DeadLetterHeaders.KEY_BYTES, Integer.toString(key.length));
    return Arrays.copyOf(key, MAX_KEY_BYTES);
  }

  /** Leaves out the headers that are too large, or too many, and says how many they were. */
  public static void trim(Headers headers) {
    List<Header> kept = new ArrayList<>();
    int bytes = 0;
    int omitted = 0;
    for (Header header : headers) {
      int size = header.key().length() + (header.value() == null ? 0 : header.value().length);
      if (size > MAX_HEADER_BYTES || bytes + size + PER_HEADER_BYTES > MAX_HEADERS_BYTES) {
        omitted++;
      } else {
        bytes += size + PER_HEADER_BYTES;
        kept.add(header);
      }
    }
    if (omitted > 0) {
      List.of(headers.toArray()).forEach(it -> headers.remove(it.key()));
      kept.forEach(headers::add);
      put(headers, DeadLetterHeaders.HEADERS_OMITTED, Integer.toString(omitted));
    }
  }

  /** How long a value was before it was cut; empty if it is whole. */
  public static OptionalLong cutFrom(Headers headers, byte @Nullable [] value) {
    Header bytes = headers.lastHeader(DeadLetterHeaders.VALUE_BYTES);
    return value == null
            || value.length != KEPT_VALUE_BYTES
            || bytes == null
            || bytes.value() == null
            || !new String(bytes.value(), UTF_8).matches("\\d{1,10}")
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(new String(bytes.value(), UTF_8)));
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(UTF_8));
  }

  private static String sha256(byte[] value) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
