package io.netnswatch.streams.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.netnswatch.console.ConsoleJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** Answers with an entity tag: who has the same already gets 304 and nothing more. */
final class Answers {

  private static final int TAG_BYTES = 12;

  private final ObjectMapper json = ConsoleJson.mapper();

  /** Answers with a value as JSON. */
  void json(Context request, Object value) {
    try {
      bytes(request, ContentType.JSON, json.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON: " + value.getClass(), e);
    }
  }

  /** Answers with a text. */
  void text(Context request, String contentType, String text) {
    bytes(request, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Says no, and why. */
  void refuse(Context request, HttpStatus status, String why) {
    request.status(status).contentType(ContentType.APPLICATION_JSON).json(Map.of("error", why));
  }

  private static void bytes(Context request, String contentType, byte[] body) {
    String tag = "W/\"" + digest(body) + "\"";
    request.header("ETag", tag).header("X-Content-Type-Options", "nosniff");
    if (tag.equals(request.header("If-None-Match"))) {
      request.status(HttpStatus.NOT_MODIFIED);
    } else {
      request.contentType(contentType).result(body);
    }
  }

  private static String digest(byte[] body) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
      return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, TAG_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
