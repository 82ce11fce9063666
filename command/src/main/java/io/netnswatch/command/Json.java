package io.netnswatch.command;

import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON without settings of its own: trees, and records by their components' names. */
public final class Json {

  /** Reads and writes it; may be shared by threads. */
  public static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}
}
