package io.netnswatch.command;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * FailureWords in words: what is wrong, where, and what to do. A stack trace helps nobody on call.
 */
public final class FailureWords {

  /** Deeper causes say nothing that an operator could use. */
  private static final int DEEPEST_CAUSE = 4;

  private FailureWords() {}

  /** What failed, and what to look at. */
  public static String of(Throwable failure) {
    Throwable own = unwrapped(failure);
    StringBuilder words = new StringBuilder(text(own));
    Throwable cause = own.getCause();
    for (int i = 0; i < DEEPEST_CAUSE && cause != null; i++) {
      String more = firstLine(text(cause));
      if (cause.getMessage() != null && words.indexOf(firstLine(cause.getMessage())) < 0) {
        words.append(": ").append(more);
      }
      cause = cause.getCause();
    }
    return words + advice(own);
  }

  /** Parsers go on for lines about where they stood in what. */
  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  /** What one exception says itself. */
  static String text(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + message;
    }
    if (failure instanceof AccessDeniedException) {
      return message + ": permission is denied";
    }
    if (failure instanceof NotDirectoryException) {
      return message + " is no directory";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return message + " exists already";
    }
    if (failure instanceof EOFException) {
      return "the data ends too early" + (message == null ? "" : ": " + message);
    }
    if (failure instanceof CharacterCodingException) {
      return "the data is no text in UTF-8";
    }
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable own = failure;
    while (own.getCause() != null
        && (own instanceof ExecutionException
            || own instanceof CompletionException
            || own instanceof UncheckedIOException)) {
      own = own.getCause();
    }
    return own;
  }

  private static String advice(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownTopicOrPartitionException) {
        return " Create the topics: netnswatch topics create.";
      }
      if (cause instanceof TopicAuthorizationException topics) {
        return " " + topics.unauthorizedTopics() + "; see the ACLs in streams-app/README.md.";
      }
      if (cause instanceof AuthorizationException) {
        return " See the ACLs in streams-app/README.md.";
      }
      if (cause instanceof TimeoutException) {
        return ". Do brokers answer at the address of --bootstrap-servers?";
      }
      if (cause instanceof FileNotFoundException) {
        return "";
      }
    }
    return SettingAtFault.hint(failure);
  }
}
