package io.netnswatch.command.records;

import java.nio.ByteBuffer;

/**
 * What stands before a value in Confluent's wire format: a zero and four bytes of schema id
 * (Confluent Schema Registry documentation, "Wire format").
 */
public final class WireFormat {

  /** Length of it. */
  public static final int HEADER_BYTES = 5;

  private WireFormat() {}

  /** Whether a value begins so. */
  public static boolean fits(byte[] value) {
    return value.length >= HEADER_BYTES && value[0] == 0;
  }

  /** The id of the schema that a value was written with. */
  public static int schemaId(byte[] value) {
    return ByteBuffer.wrap(value).getInt(1);
  }
}
