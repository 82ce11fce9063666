package io.netnswatch.demo;

import java.util.List;

/** JVM options of the demo's children, for a small machine. */
final class ChildOptions {

  private static final String AVRO = "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.netnswatch.schema";
  private static final String LOGGING = "-Dlogback.configurationFile=demo-logback.xml";

  static final List<String> COLLECTOR =
      List.of("-XX:+UseSerialGC", "-Xmx48m", "-Xss512k", "-XX:TieredStopAtLevel=1", AVRO, LOGGING);

  static final List<String> DETECTOR = List.of("-XX:+UseSerialGC", "-Xmx192m", AVRO, LOGGING);

  private ChildOptions() {}
}
