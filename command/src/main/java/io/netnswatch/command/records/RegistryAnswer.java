package io.netnswatch.command.records;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/** What an answer from the registry's address means. */
public final class RegistryAnswer {

  private static final int NOT_FOUND = 404;

  private RegistryAnswer() {}

  /**
   * Whether a registry says that it has no such subject, version or schema: its own codes begin
   * with 404 and have two digits more (Confluent's API: 40401 to 40403, and so on). A 404 without
   * one is of something else at that address, a proxy or a path at which no registry is, and says
   * nothing of any record.
   */
  public static boolean isNoSuch(RestClientException answer) {
    return answer.getStatus() == NOT_FOUND && answer.getErrorCode() / 100 == NOT_FOUND;
  }

  /** Whether it comes from something that is no registry. */
  public static boolean isOfNoRegistry(RestClientException answer) {
    return answer.getStatus() == NOT_FOUND && !isNoSuch(answer);
  }
}
