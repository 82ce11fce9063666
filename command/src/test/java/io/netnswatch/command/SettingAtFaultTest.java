package io.netnswatch.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SettingAtFaultTest {

  static Stream<Arguments> failures() {
    SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
    return Stream.of(
        Arguments.of(
            new ExecutionException(new SaslAuthenticationException("invalid credentials")),
            "sasl.jaas.config"),
        Arguments.of(
            new SslAuthenticationException("SSL handshake failed", untrusted),
            "ssl.truststore.location"),
        Arguments.of(
            new SerializationException("registry", untrusted),
            "schema.registry.ssl.truststore.location"),
        Arguments.of(
            new SerializationException("registry", new RestClientException("no", 401, 40101)),
            "schema.registry.basic.auth.user.info"),
        Arguments.of(
            new RestClientException("no", 403, 40301), "schema.registry.basic.auth.user.info"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void theSettingIsNamed(Throwable failure, String setting) {
    assertThat(SettingAtFault.hint(failure)).isEqualTo("; check " + setting + " in --kafka-config");
  }

  @Test
  void anAddressAtWhichNoRegistryAnswersIsSaid() {
    assertThat(SettingAtFault.hint(new RestClientException("Not Found", 404, 404)))
        .isEqualTo("; check --schema-registry-url, at which no registry answers");
    assertThat(SettingAtFault.hint(new RestClientException("no schema", 404, 40403))).isEmpty();
  }

  @Test
  void aBrokerThatIsAwayIsNoSettingsFault() {
    assertThat(SettingAtFault.hint(new TimeoutException("no answer"))).isEmpty();
  }
}
