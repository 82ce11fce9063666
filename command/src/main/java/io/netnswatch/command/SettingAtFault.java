package io.netnswatch.command;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.records.RegistryAnswer;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Which setting to look at when broker or registry turn a client away. */
public final class SettingAtFault {

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private static final String IN_CONFIG = " in --kafka-config";

  private SettingAtFault() {}

  /**
   * Words to put behind the failure's message, beginning with "; ".
   *
   * @return empty unless it is about credentials, certificates or the registry's address
   */
  public static String hint(Throwable failure) {
    return of(failure).map(setting -> "; check " + setting).orElse("");
  }

  private static Optional<String> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SaslAuthenticationException) {
        return Optional.of("sasl.jaas.config" + IN_CONFIG);
      }
      if (cause instanceof SslAuthenticationException) {
        return Optional.of("ssl.truststore.location" + IN_CONFIG);
      }
      if (cause instanceof RestClientException answer
          && (answer.getStatus() == UNAUTHORIZED || answer.getStatus() == FORBIDDEN)) {
        return Optional.of("schema.registry.basic.auth.user.info" + IN_CONFIG);
      }
      if (cause instanceof RestClientException answer && RegistryAnswer.isOfNoRegistry(answer)) {
        return Optional.of("--schema-registry-url, at which no registry answers");
      }
      if (cause instanceof SSLException) { // not wrapped by Kafka, so of the registry's client
        return Optional.of("schema.registry.ssl.truststore.location" + IN_CONFIG);
      }
    }
    return Optional.empty();
  }
}
