package io.netnswatch.interop;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One {@link PublishedFleet} for all test classes that ask for it, since a start takes seconds. */
final class PublishedFleetExtension implements ParameterResolver {

  /** The fleet; closed when all tests have run. A start that failed is not tried again. */
  private static final class Shared implements AutoCloseable {
    private final PublishedFleet fleet;

    private Shared() {
      try {
        fleet = PublishedFleet.start();
      } catch (Exception e) {
        throw new ParameterResolutionException("no fleet to read", e);
      }
    }

    @Override
    public void close() throws IOException {
      fleet.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PublishedFleet.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(PublishedFleetExtension.class))
        .getOrComputeIfAbsent(Shared.class, type -> new Shared(), Shared.class)
        .fleet;
  }
}
