package io.netnswatch.collector.bundle;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The number of a signal, which recorders also give as a name, {@code SIGKILL} (signal(7)). One
 * that is not known is as good as none: that a signal ended the command is told by its lack of an
 * exit code.
 */
final class SignalNumber extends JsonDeserializer<@Nullable Integer> {

  private static final Map<String, Integer> BY_NAME =
      Map.of(
          "HUP", 1, "INT", 2, "QUIT", 3, "ABRT", 6, "BUS", 7, "KILL", 9, "SEGV", 11, "PIPE", 13,
          "ALRM", 14, "TERM", 15);

  @Override
  public @Nullable Integer deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    if (parser.currentToken().isNumeric()) {
      return parser.getIntValue();
    }
    if (!parser.currentToken().isScalarValue()) {
      return (Integer) context.handleUnexpectedToken(Integer.class, parser);
    }
    String name = parser.getValueAsString("").toUpperCase(Locale.ROOT);
    return BY_NAME.get(name.startsWith("SIG") ? name.substring(3) : name);
  }
}
