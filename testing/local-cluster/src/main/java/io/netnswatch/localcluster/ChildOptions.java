package io.netnswatch.localcluster;

import java.util.List;

/** JVM options of {@link ChildJvm}s that run a collector or a detector beside much else. */
public final class ChildOptions {

  /** Without it Avro refuses the schemas' classes (AVRO-4189). */
  public static final String AVRO = "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.netnswatch.schema";

  private static final String LOGGING = "-Dlogback.configurationFile=child-logback.xml";

  public static final List<String> COLLECTOR =
      List.of("-XX:+UseSerialGC", "-Xmx48m", "-Xss512k", "-XX:TieredStopAtLevel=1", AVRO, LOGGING);

  public static final List<String> DETECTOR =
      List.of("-XX:+UseSerialGC", "-Xmx192m", "-XX:TieredStopAtLevel=1", AVRO, LOGGING);

  private ChildOptions() {}
}
